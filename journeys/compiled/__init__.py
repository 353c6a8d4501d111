"""The graph, hand-overs and variants of a log in machine code: `totalplace[fast]`.

Read in this order: `compiling` (how a function becomes machine code), `interning`
(names as numbers), `ordering` (customer, then time), `counting` and `quantiles` (moves
and waits), `variants`, `tallying` (all of them, part by part), `reading` (Parquet).
:mod:`journeys.flows` says when it is used; SQL gives the same results, bit for bit.
"""

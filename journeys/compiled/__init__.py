"""The graph, variants and rules of a log in machine code: `totalplace[fast]`.

Read in this order: `compiling` (how a function becomes machine code), `interning`
(names as numbers), `ordering` (customer, then time), `counting` and `quantiles` (moves
and waits), `variants`, `tallying` (all of them, part by part), `reading` (Parquet).
For rules: `scanning` (a log as arrays), `looking_back`, `bouncing` and `sweeping` (one
pass each), `rules` and `repeats` (what each finds), `searching` (all of them).
:mod:`journeys.following` says when it is used; SQL gives the same results, bit for bit.
"""

"""The cost of duplication: unit costs, audits, intervals and what moves them.

Read in this order: `unit_costs` (what an event costs), `audit` and `audited` (a sample
looked up), `rates` (what it says), `cells` and `weights` (money by customer,
resampled), `inputs` and `factors` (what is uncertain), `interval` and `results` (the
three numbers), `window` (a curve against the windows of the rules), `customers_time`.
"""

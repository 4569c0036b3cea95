"""What can still be done: further or mended facts that raise a total, and the cheapest way there.

`change`: a row added to, or mended in, an input table; `proposals`, one module per kind: what could
be done, from the rules and their parameters; `worth`: what it changes, by scoring again with the
rows added; `search`: the moves of a run; `plan`: the cheapest set of them that reaches a goal.
"""

"""The kinds of work that a move costs, as the parameters weigh them."""

from typing import Literal, get_args

Effort = Literal["mend", "state", "record", "due", "review", "fact", "case", "round", "decision"]
"""Kinds of work, by which the parameters weigh a move."""

EFFORTS: tuple[Effort, ...] = get_args(Effort)

"""An invented county of any size, in the shape of real exports."""

from dalian_eval.demo.export import MESSES, Export, Mess, export
from dalian_eval.demo.invent import invent
from dalian_eval.demo.messy import Broken
from dalian_eval.demo.model import County, Row, Value

__all__ = [
    "MESSES",
    "Broken",
    "County",
    "Export",
    "Mess",
    "Row",
    "Value",
    "export",
    "invent",
]

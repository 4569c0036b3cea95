"""An invented county of any size, in the shape of real exports."""

from dalian_eval.demo.export import MESSES, SHAPES, Export, Mess, Shape, export
from dalian_eval.demo.invent import invent
from dalian_eval.demo.messy import Broken
from dalian_eval.demo.model import County, Row, Value

__all__ = [
    "MESSES",
    "SHAPES",
    "Broken",
    "County",
    "Export",
    "Mess",
    "Row",
    "Shape",
    "Value",
    "export",
    "invent",
]

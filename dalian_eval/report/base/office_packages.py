"""Packages (.docx, .xlsx, .zip) whose bytes depend on nothing but their parts."""

import io
import re
import zipfile
from collections.abc import Mapping

_TIME = (2024, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o644 << 16
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def fix_package(package: bytes) -> bytes:
    """Return the package with fixed times and without compression.

    What deflate writes differs between the zlib of one machine and of another.
    """
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        return make_zip({name: old.read(name) for name in old.namelist()})


def make_zip(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip file of the parts by name, in their order: the same bytes on every machine."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as new:
        for name, data in parts.items():
            part = zipfile.ZipInfo(name, _TIME)
            part.create_system, part.external_attr = _UNIX, _MODE
            new.writestr(part, data, zipfile.ZIP_STORED)
    return result.getvalue()


def xml_text(text: str) -> str:
    """Return a text without what XML cannot hold; line ends and tabs become blanks."""
    return re.sub(r"[\t\r\n]+", " ", _NO_XML.sub("", text))

"""What a file is: by its first bytes and, of an archive, by what lies in it, never by its name."""

import codecs
import re
import zipfile
from enum import StrEnum
from pathlib import Path

from dalian_eval.intake.files.plain_text import is_binary, wide_encoding

LOOK = 4096
"""First bytes that are looked at."""

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*"
    rb"(<!doctype\s+html|<html|<head|<meta|<table|<body|<script|<style|<div)",
    re.I | re.S,
)
_JSON = re.compile(rb'\s*(\{\s*"[^"]*"\s*:|\{\s*\}|\[\s*[{\]])')
_XML = re.compile(rb"\s*<\?xml", re.I)
_SPREADSHEET = re.compile(
    rb"\s*(<\?xml[^>]*>)?(\s|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^<]*?(\[.*?\]\s*)?>)*"
    rb"<(\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet",
    re.S,
)
_NO_TABLES = (b"%PDF", b"#!", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"MIME-Version:")
"""How files begin that are no tables, whatever they are called."""
_DOCUMENTS = ("xl/", "word/", "ppt/")
_UTF8_MARK = b"\xef\xbb\xbf"


class Kind(StrEnum):
    """What a file is that intake reads; the values are what users call it."""

    XLSX = "Excel 工作簿（.xlsx）"
    MACROS = "带宏的工作簿（.xlsm，宏不会被执行）"
    XLSB = "二进制工作簿（.xlsb）"
    ODS = "OpenDocument 表格（.ods）"
    XLS = "旧版 Excel 工作簿（.xls）"
    TEXT = "文本"
    HTML = "网页（HTML）"
    XML = "XML 表格（SpreadsheetML 2003）"
    ZIP = "压缩包（.zip）"


PACKAGES = (Kind.XLSX, Kind.MACROS)
"""Workbooks of the same parts."""

KINDS = {
    ".xlsx": (Kind.XLSX,),
    ".xlsm": PACKAGES,
    ".xlsb": (Kind.XLSB,),
    ".xls": (Kind.XLS,),
    ".et": (Kind.XLS, Kind.XLSX),
    ".ods": (Kind.ODS,),
    ".csv": (Kind.TEXT,),
    ".tsv": (Kind.TEXT,),
    ".txt": (Kind.TEXT,),
    ".html": (Kind.HTML,),
    ".htm": (Kind.HTML,),
    ".xml": (Kind.XML,),
    ".zip": (Kind.ZIP,),
}
"""The endings that intake reads, and what a file of that ending is."""


def kind_of(path: Path) -> Kind | None:
    """Return what a file is, None when it is nothing that intake reads. OSError when it is locked.

    A broken archive is taken for a workbook: what is wrong with it is found when it is checked.
    """
    start = start_of(path)
    if start.startswith(_ZIP):
        return _kind_of_archive(path)
    if start.startswith(_OLE):
        return Kind.XLS
    text = narrow(start)
    if not text or text.startswith(_NO_TABLES) or _JSON.match(text):
        return None
    if _SPREADSHEET.match(text):
        return Kind.XML
    if is_page(text):
        return Kind.HTML
    return None if _XML.match(text) or is_binary(text) else Kind.TEXT


def _kind_of_archive(path: Path) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Kind.XLSX
    if "[content_types].xml" in names:
        if "xl/workbook.bin" in names and "xl/workbook.xml" not in names:
            return Kind.XLSB
        return Kind.MACROS if "xl/vbaproject.bin" in names else Kind.XLSX
    if "content.xml" in names and "meta-inf/manifest.xml" in names:
        return Kind.ODS
    return Kind.XLSX if any(name.startswith(_DOCUMENTS) for name in names) else Kind.ZIP


def start_of(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(LOOK)


def narrow(start: bytes) -> bytes:
    """Return the beginning of a text in UTF-8 without mark, when it is one of wide characters.

    Bytes of other encodings stay as they are; a character may be cut at the end.
    """
    codec = wide_encoding(start)
    if not codec:
        return start.removeprefix(_UTF8_MARK)
    return codecs.getincrementaldecoder(codec)("replace").decode(start).encode("utf-8", "replace")


def is_page(start: bytes) -> bool:
    """Whether a text begins as HTML."""
    opens = start.lstrip().startswith(b"<") and b"<table" in start.lower()
    return opens or _HTML.match(start) is not None


def is_json(start: bytes) -> bool:
    """Whether a text begins as JSON."""
    return _JSON.match(start) is not None


def is_xml(start: bytes) -> bool:
    """Whether a text says that it is XML."""
    return _XML.match(start) is not None

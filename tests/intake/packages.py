"""A writer of .xlsx packages as odd as the standard allows, part by part."""

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def package(
    rows: str,
    *,
    sheet: str = "单位",
    strings: str = "",
    styles: str = "",
    workbook: str = "xl/workbook.xml",
    target: str = "worksheets/sheet1.xml",
    strings_part: str = "sharedStrings.xml",
    prefix: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    properties: str = "",
    encoding: str = "UTF-8",
    separator: str = "/",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a workbook of one sheet with the XML `rows`; nothing is written that is not asked."""
    folder, _, name = workbook.rpartition("/")
    related = [("worksheet", target)]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(office, [("officeDocument", workbook)]),
        workbook: (
            f'<workbook xmlns="{main}" xmlns:r="{office}">{properties}'
            f'<sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<{prefix}worksheet xmlns{prefix and ":" + prefix[:-1]}="{main}">'
            f"<{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>"
        ),
    }
    if strings:
        related.append(("sharedStrings", strings_part))
        parts[f"xl/{strings_part}"] = f'<sst xmlns="{main}">{strings}</sst>'
    if styles:
        related.append(("styles", "styles.xml"))
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'
    parts[f"{folder}/_rels/{name}.rels"] = _relations(office, related)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            whole = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
            codec = "utf-16" if encoding == "UTF-16" else "utf-8"
            archive.writestr(part.replace("/", separator), whole.encode(codec))
        for part, content in (more or {}).items():
            archive.writestr(part, content)
    return out.getvalue()


def _relations(office: str, related: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{i}" Type="{office}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(related, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def inline(row: int, *texts: str) -> str:
    """Return the XML of a row of inline texts."""
    cells = "".join(
        f'<c r="{chr(65 + i)}{row}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for i, text in enumerate(texts)
    )
    return f'<row r="{row}">{cells}</row>'

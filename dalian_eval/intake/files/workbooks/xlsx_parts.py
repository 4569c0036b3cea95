"""The parts of an .xlsx where its own relations say they are, laid out as every reader finds them.

The standard (Open Packaging Conventions) lets writers name and encode parts as they like; old and
rare ones do: backslashes in names, UTF-16, a workbook part called otherwise, targets with dots,
cells with attributes in single quotes, comments inside values. Such a package is laid out anew in
memory. One that is as usual is passed on as it is.
"""

import io
import re
import zipfile
from posixpath import dirname, join, normpath, split
from xml.sax.saxutils import quoteattr

from dalian_eval.intake.files.workbooks.xml_parts import attribute, elements, plain_copy

_USUAL = {
    "officeDocument": "xl/workbook.xml",
    "sharedStrings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
}
"""Kind of relation → where readers look for its target."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(r"""^(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")
_ODD = re.compile(rb"<(?:\w+:)?[cf]\s[^>]*?(?:\s=|=\s|=')|<!|.<\?", re.S)
"""Ways to write a cell that are XML, but that no quick reader of sheets expects."""
_HINTS = (b"='", b" =", b"= ", b"\n=", b"=\n", b"\t=", b"=\t", b"<!", b"<?")
_DECLARATION, _LONGEST_TAG, _PIECE = 128, 1 << 12, 1 << 22
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def usual_package(content: bytes) -> bytes:
    """Return an .xlsx with its parts under their usual names, in UTF-8.

    Raises KeyError when there is no workbook part, expat.ExpatError for broken XML, ValueError or
    zipfile.BadZipFile for a broken archive.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    package = _Package(archive)
    if package.is_usual():
        return content
    return package.laid_out()


class _Package:
    """The parts of an archive by their plain names, and the relations between them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {_plain(n): n for n in archive.namelist() if not n.endswith(("/", "\\"))}
        self._lower = {name.lower(): name for name in self._names}
        workbook = self._found(self._targets("", "_rels/.rels")["officeDocument"])
        self._renamed = {workbook: _USUAL["officeDocument"]}
        self._workbook = workbook
        for kind, target in self._targets(dirname(workbook), _relations_of(workbook)).items():
            if kind in _USUAL and target.lower() in self._lower:
                self._renamed[self._found(target)] = _USUAL[kind]

    def is_usual(self) -> bool:
        """Whether every reader finds everything where it is."""
        names = all(old == new for old, new in self._renamed.items()) and all(
            plain == name for plain, name in self._names.items()
        )
        return (
            names
            and not any(map(self._is_utf16, self._xml()))
            and not self._has_dots()
            and not any(map(self._is_odd, self._sheets()))
        )

    def laid_out(self) -> bytes:
        """Return the package under usual names; nothing of its content changes."""
        out = io.BytesIO()
        workbook = _USUAL["officeDocument"]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("_rels/.rels", _relations([("rId1", "officeDocument", workbook)]))
            archive.writestr(_relations_of(workbook), _relations(self._of_workbook()))
            sheets = self._sheets()
            for name in self._names:
                place = self._renamed.get(name, name)
                if name in sheets:
                    with (
                        self._archive.open(self._names[name]) as part,
                        archive.open(place, "w", force_zip64=True) as copy,
                    ):
                        plain_copy(part, copy)
                elif not name.endswith(".rels"):
                    archive.writestr(place, self._utf8(name))
        return out.getvalue()

    def _found(self, target: str) -> str:
        """Return the part a target means: names of parts are alike in both cases."""
        return self._lower[target.lower()]

    def _targets(self, folder: str, part: str) -> dict[str, str]:
        """Return kind of relation → the part it leads to, the first of each kind."""
        found: dict[str, str] = {}
        for _, kind, target in self._related(folder, part):
            found.setdefault(kind, target)
        return found

    def _related(self, folder: str, part: str) -> list[tuple[str, str, str]]:
        if part.lower() not in self._lower:
            return []
        return [
            (attributes["Id"], _kind_of(attributes), _resolved(folder, attributes["Target"]))
            for name, attributes in elements(self._read(self._found(part)))
            if name == "Relationship" and attributes.get("TargetMode") != "External"
        ]

    def _of_workbook(self) -> list[tuple[str, str, str]]:
        """Return id, kind and new place of what the workbook is related to."""
        folder, part = dirname(self._workbook), _relations_of(self._workbook)
        return [
            (identifier, kind, self._renamed.get(name, name))
            for identifier, kind, target in self._related(folder, part)
            if (name := self._lower.get(target.lower(), ""))
        ]

    def _xml(self) -> list[str]:
        return [name for name in self._names if name.lower().endswith((".xml", ".rels"))]

    def _sheets(self) -> list[str]:
        """Return the parts that hold cells or their texts."""
        kinds = ("worksheet", "sharedStrings")
        targets = [target for _, kind, target in self._of_workbook() if kind in kinds]
        return [name for name in self._names if self._renamed.get(name, name) in targets]

    def _is_odd(self, name: str) -> bool:
        with self._archive.open(self._names[name]) as stream:
            head = stream.read(_DECLARATION)
            rest = head.partition(b"?>")[2] if head.startswith(b"<?xml") else head
            while piece := stream.read(_PIECE):
                some = rest + piece
                # Looking for words is quick, and only few sheets have any of them.
                if any(hint in some for hint in _HINTS) and _ODD.search(some):
                    return True
                rest = piece[-_LONGEST_TAG:]
        return _ODD.search(rest) is not None

    def _is_utf16(self, name: str) -> bool:
        with self._archive.open(self._names[name]) as stream:
            return stream.read(2) in _UTF16

    def _has_dots(self) -> bool:
        part = _relations_of(self._workbook)
        return any(
            "./" in attribute(attributes, "Target") or "\\" in attribute(attributes, "Target")
            for name, attributes in elements(self._read(self._found(part)))
            if name == "Relationship" and attributes.get("TargetMode") != "External"
        )

    def _read(self, name: str) -> bytes:
        return self._archive.read(self._names[name])

    def _utf8(self, name: str) -> bytes:
        content = self._read(name)
        if not content.startswith(_UTF16):
            return content
        return _DECLARED.sub(r'\1 encoding="UTF-8"', content.decode("utf-16")).encode()


def _relations(related: list[tuple[str, str, str]]) -> str:
    """Return a part of relations with targets that start at the package's root."""
    lines = [
        f"<Relationship Id={quoteattr(identifier)} Type={quoteattr(_KINDS + kind)} "
        f"Target={quoteattr('/' + target)}/>"
        for identifier, kind, target in related
    ]
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def _kind_of(relation: dict[str, str]) -> str:
    """Return the last word of a relation's type, the same in both forms of the standard."""
    return relation.get("Type", "").rpartition("/")[2]


def _plain(name: str) -> str:
    return normpath(name.replace("\\", "/").lstrip("/"))


def _resolved(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))


def _relations_of(part: str) -> str:
    folder, name = split(part)
    return join(folder, "_rels", f"{name}.rels")

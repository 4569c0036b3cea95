"""The yearly text as .docx, from a template that an analyst edits in WPS or Word.

The template's tags are Jinja, run in a sandbox; what comes from data is escaped and never read as a
tag. The names the tags may use are those of `_context`.
"""

import datetime as dt
import io
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dalian_eval.base.errors import UsageError
from dalian_eval.base.system_refusals import open_elsewhere
from dalian_eval.report.base.markup import markup, plain_text
from dalian_eval.report.base.office_packages import fix_package, xml_text
from dalian_eval.report.narrative.text import (
    Document,
    Heading,
    Paragraph,
    Section,
    Span,
    Table,
    are_numbers,
    blocks,
    paragraph,
    say,
)

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

YEARLY = "总结报告"
"""The yearly text, as messages name it."""

_SIGNING = {
    "recipient": ("主送", "（主送机关）"),
    "issuer": ("署名", "（发文机关署名）"),
    "date": ("日期", "（成文日期）"),
}
"""The parameters of `signing`: each one's tag in a template, and what stands where it is blank."""

_TABLE_STYLE = "总结表格"
_PICTURE_MM = 150
_NARROWEST, _WIDEST = 5, 36
"""Half-width characters by which a column's share of the table's width is reckoned."""

_LEVELS = ("一级标题", "二级标题", "三级标题")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}")
_NAME = re.compile(r"'([^']+)'")
_SAMPLE_BLOCKS = blocks(
    paragraph(say("句", Span("数", "index.html"))),
    Table("表", ("甲", "乙"), ((Span("1"), Span("2", "index.html")), (Span("3"), Span("4")))),
)
_SAMPLE = Document(
    "标题",
    "副标题",
    (
        Section("一", _SAMPLE_BLOCKS, (Section("二", _SAMPLE_BLOCKS, (Section("三"),)),)),
        Section("四"),
    ),
    "附注",
)
"""A text to try a template with: every loop goes round twice, so that halves of pairs show."""


class _Environment(ImmutableSandboxedEnvironment):
    """Remembers what it compiled last, for the message about a faulty tag."""

    source = ""

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> jinja2.Template:
        self.source = str(source)
        return super().from_string(source, *args, **kwargs)


def check_template(path: Path, what: str = YEARLY) -> None:
    """Try the template of `what`; UsageError that names file and tag when it cannot be filled."""
    _filled(path, _SAMPLE, what, strict=True)


def narrative_docx(text: Document, template: Path, as_of: dt.date, what: str = YEARLY) -> bytes:
    """Return the text as .docx, the same bytes for the same text and template.

    `as_of` stands as the document's date; `what` is the document's name in messages. UsageError
    when the template cannot be filled.
    """
    file = _filled(template, text, what)
    for table in file.docx.tables:
        if table.style is not None and table.style.name == _TABLE_STYLE:
            _fit(table)
            _align(table)
    told = file.docx.core_properties
    told.title, told.author, told.last_modified_by = text.title, "", ""
    told.created = told.modified = dt.datetime.combine(as_of, dt.time())
    told.revision = 1
    stream = io.BytesIO()
    file.docx.save(stream)
    return fix_package(stream.getvalue())


def _filled(path: Path, text: Document, what: str, *, strict: bool = False) -> "DocxTemplate":
    """Return the template filled with the text; `strict`: also look whether its XML is whole.

    The library mends broken XML in silence, and loses what does not fit.
    """
    from docx.oxml import parse_xml
    from docxtpl import DocxTemplate

    if not path.is_file():
        raise UsageError(f"找不到{what}的模板 {path.name}：请从项目中恢复 params/templates")
    try:
        content = path.read_bytes()
    except OSError as error:
        told = open_elsewhere(error, path)
        raise UsageError(told or f"读不了{what}的模板 {path}：请检查读取权限") from error
    try:
        file = DocxTemplate(io.BytesIO(content))
        file.render_init()
    except Exception as error:
        raise UsageError(
            f"{what}的模板 {path.name} 不是能打开的 .docx 文件：请用 WPS 或 Word 另存为 .docx"
        ) from error
    environment = _Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    context = _context(text, file)
    # Whatever a tag raises is the template's fault: its tags are all that runs here.
    try:
        if strict:
            parse_xml(file.build_xml(context, environment))
        file.render(context, environment, autoescape=True)
    except Exception as error:
        raise UsageError(
            f"{what}的模板 {path.name} 有写错的标记{_place(error, environment.source)}："
            f"{_told(error)}。请改正，或从项目中恢复原模板"
        ) from error
    return file


def _place(error: Exception, source: str) -> str:
    """Return the faulty tag in quotes, as far as it can be found."""
    lines = source.splitlines()
    number = error.lineno if isinstance(error, jinja2.TemplateSyntaxError) else None
    if number is None:
        frames = traceback.extract_tb(error.__traceback__)
        known = [f.lineno for f in frames if f.filename in ("<template>", "<unknown>")]
        number = known[-1] if known else None
    if number is None or not 0 < number <= len(lines):
        return ""
    text = plain_text(lines[number - 1]).strip()
    tags = _TAG.findall(text)
    names = _NAME.findall(str(error))
    guilty = [tag for tag in tags if any(name in tag for name in names)] or tags[:1]
    return f"『{(guilty[0] if guilty else text)[:80]}』"


def _told(error: Exception) -> str:
    """Return what is wrong with a tag."""
    message = str(error)
    names = _NAME.findall(message)
    if isinstance(error, jinja2.UndefinedError):
        return f"没有『{names[-1] if names else message}』这个名称"
    if isinstance(error, jinja2.TemplateSyntaxError):
        if "end of template" in message or "looking for" in message:
            return f"缺少配对的标记（{'、'.join(names)}）" if names else "标记没有写完"
        if "unknown tag" in message:
            return f"没有『{names[0]}』这种标记"
        if "filter" in message and names:
            return f"没有『{names[0]}』这种过滤器"
        return "标记的写法不对"
    if isinstance(error, jinja2.TemplateError):
        return "标记用了不允许的操作"
    if type(error).__name__ == "XMLSyntaxError":
        return "成对的标记没有各占一段，或者没有放在同一张表、同一行之内"
    return "标记算不出结果"


def _context(text: Document, file: "DocxTemplate") -> dict[str, Any]:
    """Return the names the template's tags may use."""
    return {
        "标题": _plain(text.title),
        "副标题": _plain(text.subtitle),
        "附注": _plain(text.note),
        **{tag: _plain(text.signing.get(n) or blank) for n, (tag, blank) in _SIGNING.items()},
        "正文": [_block(block, file) for block in text.blocks()],
    }


def _block(block: Any, file: "DocxTemplate") -> dict[str, Any]:
    match block:
        case Heading():
            return {"类": _LEVELS[block.level - 1], "文字": _plain(block.text)}
        case Paragraph():
            return {"类": "段落", "文字": _runs(block.spans, file)}
        case Table():
            return {
                "类": "表",
                "文字": _plain(block.caption),
                "表头": [_plain(head) for head in block.head],
                "各行": [[_runs([cell], file) for cell in row] for row in block.rows],
            }
        case _:
            return {"类": "图", "文字": _plain(block.caption), "图": _Drawn(block.draw, file)}


def _plain(text: str) -> Markup:
    """Return a text from data as XML text; braces are written so that nobody takes them for tags.

    The library turns `{_{` and the like into braces after rendering; character references stay.
    """
    safe = str(escape(xml_text(text)))
    return markup(safe.replace("{", "&#123;").replace("}", "&#125;"))


def _runs(spans: Sequence[Span], file: "DocxTemplate") -> Markup:
    """Return spans as runs, those with a link as hyperlinks relative to the document.

    A link looks like the text around it: a paper that is signed has no coloured words.
    """
    made = []
    for span in spans:
        text = Markup('<w:t xml:space="preserve">{}</w:t>').format(_plain(span.text))
        if span.link:
            place = file.build_url_id(span.link)
            made.append(
                Markup('<w:hyperlink r:id="{}"><w:r>{}</w:r></w:hyperlink>').format(place, text)
            )
        else:
            made.append(Markup("<w:r>{}</w:r>").format(text))
    return Markup("").join(made)


class _Drawn:
    """A figure in the place of its tag, drawn when the tag is reached."""

    def __init__(self, draw: Callable[[], Any], file: "DocxTemplate") -> None:
        self._draw, self._file = draw, file

    def __html__(self) -> str:
        from docx.shared import Mm
        from docxtpl import InlineImage

        from dalian_eval.report.base.images import alt_text, png

        figure = self._draw()
        picture = InlineImage(self._file, io.BytesIO(png(figure)), width=Mm(_PICTURE_MM))
        alt = Markup('<wp:docPr descr="{}" ').format(_plain(alt_text(figure)))
        return str(picture).replace("<wp:docPr ", str(alt), 1)


def _fit(table: Any) -> None:
    """Share the table's width among its columns by what they hold."""
    from docx.oxml.ns import qn
    from docx.shared import Twips

    rows = [[cell.text for cell in row.cells] for row in table.rows]
    need = [
        min(_WIDEST, max(_NARROWEST, *(_width(row[i]) for row in rows if i < len(row))))
        for i in range(len(table.columns))
    ]
    grid = table._tbl.tblGrid.findall(qn("w:gridCol"))
    whole = sum(int(column.get(qn("w:w"))) for column in grid)
    for column, share in zip(table.columns, need, strict=True):
        column.width = Twips(whole * share // sum(need))
    for row in table.rows:
        for cell, column in zip(row._tr.tc_lst, table.columns, strict=False):
            cell.width = column.width


def _align(table: Any) -> None:
    """Put the columns of numbers to the right, their heads with them."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    rows = [row.cells for row in table.rows]
    for number in range(len(table.columns)):
        cells = [row[number] for row in rows if number < len(row)]
        if len(cells) > 1 and are_numbers(cell.text for cell in cells[1:]):
            for cell in cells:
                for line in cell.paragraphs:
                    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text) + 2

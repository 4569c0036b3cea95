"""An executed notebook as one page: narrative first, code on demand, contents at the side.

Rendered by nbconvert with our own template. Outputs of our own objects are shown as they are; any
other HTML is reduced to text and tables, Markdown never becomes raw HTML.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode

from dalian_eval.report.base.figure_spots import over
from dalian_eval.report.base.markdown import Anchors, Heading, markdown_html
from dalian_eval.report.base.markup import Html, markup, plain_text
from dalian_eval.report.base.page import TEMPLATES, find_field, policy, running, script, style
from dalian_eval.report.base.publication_stamp import draft_marker
from dalian_eval.report.base.sanitise import reduce_html
from dalian_eval.report.base.tables import LAB_STYLE, TRUSTED

_HEADING = re.compile(r"<h([1-4])(?: [^>]*?)?>(.*?)</h\1>", re.DOTALL)
_HAS_ID = re.compile(r'<h[1-4] [^>]*?id="([^"]*)"')
_PARAMETERS = frozenset(("parameters", "injected-parameters"))
_AND = "与"
"""Between the labels of cells that share a fold, each once."""
_HIDDEN = "remove-cell"


@dataclass(frozen=True)
class Block:
    """A cell as the template shows it: its words, or its code and what came out of it."""

    html: str = ""
    code: str = ""
    label: str = ""
    outputs: tuple[Markup, ...] = ()


def render_notebook(nb: NotebookNode, title: str, number: str = "") -> str:
    """Return the notebook as a self-contained HTML page, the same bytes for the same notebook.

    `number`: that of the record, for the head of printed sheets.
    """
    anchors = Anchors()
    blocks = _joined(b for cell in nb.cells if (b := _block(cell, anchors)) is not None)
    exporter = TemplateExporter(
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="notebook",
        template_file="page.html.j2",
        file_extension=".html",
    )
    resources = {
        "title": title,
        "blocks": blocks,
        "contents": [h for h in anchors.headings if h.level in (2, 3)],
        "has_title": any(h.level == 1 for h in anchors.headings),
        "style": style(),
        "running": running(title, number),
        "script": script(),
        "policy": policy(),
        "find": find_field(),
        "state": draft_marker(),
    }
    page, _ = exporter.from_notebook_node(nb, resources=resources)
    return str(page).rstrip() + "\n"


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Join a code cell that shows nothing with the one after it: one fold instead of two."""
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if last is not None and block.code and last.code and not last.outputs:
            labels = dict.fromkeys((*last.label.split(_AND), block.label))
            label = _AND.join(labels)
            result[-1] = Block(code=last.code + block.code, label=label, outputs=block.outputs)
        else:
            result.append(block)
    return result


def _block(cell: NotebookNode, anchors: Anchors) -> Block | None:
    tags = set(cell.metadata.get("tags", ()))
    if _HIDDEN in tags or not (cell.source.strip() or cell.get("outputs")):
        return None
    if cell.cell_type == "markdown":
        return Block(html=markup(markdown_html(cell.source, anchors)))
    if cell.cell_type != "code":
        return Block(html=Markup("<pre>{}</pre>").format(cell.source))
    code = markup(Highlight2HTML(pygments_lexer="python")(cell.source))
    label = "运行参数" if tags & _PARAMETERS else "代码"
    outputs = (_output(output, anchors) for output in cell.outputs)
    return Block(code=code, label=label, outputs=tuple(o for o in outputs if o))


def _output(output: NotebookNode, anchors: Anchors) -> Markup:
    if output.output_type == "stream":
        return Markup('<pre class="scroll">{}</pre>').format(strip_ansi(output.text))
    if output.output_type == "error":
        trace = strip_ansi("\n".join(output.traceback))
        return Markup(
            '<p class="stop">运行出错：{}</p><details><summary>错误详情</summary>'
            '<pre class="scroll">{}</pre></details>'
        ).format(output.evalue, trace)
    return _displayed(output.data, output.metadata, anchors)


def _displayed(data: Mapping[str, Any], metadata: Mapping[str, Any], anchors: Anchors) -> Markup:
    if TRUSTED in data:
        return markup(_anchored(data["text/html"].removeprefix(LAB_STYLE), anchors))
    if "image/png" in data:
        near = anchors.headings[-1].text if anchors.headings else ""
        about = metadata.get("image/png", {})
        picture = data["image/png"].replace("\n", "")
        width = Markup(' width="{}"').format(about["width"]) if "width" in about else ""
        form = Markup('<img src="data:image/png;base64,{}" alt="{}"{}>')
        image = form.format(picture, about.get("alt") or f"图：{near}", width)
        return Markup("<figure>{}</figure>").format(over(image, about.get("spots", ())))
    if "text/markdown" in data:
        return markup(markdown_html(data["text/markdown"], anchors))
    if "text/html" in data:
        region = Markup('<div class="scroll" role="group" aria-label="表格" tabindex="0">{}</div>')
        return region.format(Html(reduce_html(data["text/html"])))
    return Markup('<pre class="scroll">{}</pre>').format(data.get("text/plain", ""))


def _anchored(html: str, anchors: Anchors) -> str:
    """Give the headings of our own HTML anchors, so that they stand in the contents."""

    def one(match: re.Match[str]) -> str:
        level, inner = int(match.group(1)), match.group(2)
        known = _HAS_ID.match(match.group())
        text = plain_text(inner)
        if known is not None:
            anchors.headings.append(Heading(level, text, plain_text(known.group(1))))
            return match.group()
        anchor = anchors.add(level, text)
        return f'<h{level} id="{escape(anchor)}">{inner}</h{level}>'

    return _HEADING.sub(one, html)

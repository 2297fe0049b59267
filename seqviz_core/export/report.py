"""One HTML file that shows a view without a server, and says where every number of it comes from.

    report_html("GATA2 promoter", [Section("Which bases push GATA2 up?", "Up: raises the logit.", figure=svg)], provenance)

The file asks for nothing from outside; its content security policy forbids that too. Text is escaped here; a figure is markup and
has to come from the figures package, which escapes what it prints.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import plotly.graph_objects as go

from ..state import ViewState
from .provenance import Provenance
from .run_ref import RunRef
from .script import LONGEST_SPEC
from .sequences import to_fasta, view_records

Columns = Mapping[str, Sequence]

POLICY = ("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
          "base-uri 'none'; form-action 'none'")
STYLE = """
:root { color-scheme: light }
body { font: 16px/1.5 "Source Sans 3", "Source Sans Pro", system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #22272d;
  background: #fff; max-width: 1100px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1rem 0 .25rem }
figure { margin: 0; overflow-x: auto } figcaption, .muted { color: #5b6270 } svg { max-width: 100% }
pre { background: #f3f5f7; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem }
table { border-collapse: collapse; margin: .5rem 0 } td, th { border-bottom: 1px solid #d5dae0; padding: .2rem 1rem .2rem 0;
  text-align: left; vertical-align: top; overflow-wrap: anywhere } th { font-weight: 600; white-space: nowrap }
@media print { body { margin: 0; max-width: none; font-size: 11px } section { break-inside: avoid } pre { font-size: 8px } }
"""


class Section(NamedTuple):
    """A figure of the report under its question.

    caption : what the colours mean. figure : an SVG or another piece of HTML that needs nothing from outside, or a plotly figure
    (its script, 5 MB, comes in once). says : computed sentences. table : numbers worth printing, by column.
    """

    question: str
    caption: str
    figure: str | go.Figure = ""
    says: Sequence[str] = ()
    table: Columns | None = None


def report_html(title: str, sections: Sequence[Section], provenance: Provenance) -> str:
    """Return the report as one HTML document."""
    plotly = any(isinstance(section.figure, go.Figure) for section in sections)
    return html_page(title, [_made(provenance), *map(_section, sections), *_origin(provenance)], _plotly() if plotly else "")


def html_page(title: str, parts: Sequence[str], head: str = "") -> str:
    """Return a whole HTML document that asks for nothing from outside. parts, head : markup; the title is escaped here."""
    name = escape(_line(title))
    page = (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
            f"<title>{name}</title>\n<style>{STYLE}</style>\n{head}</head>\n<body>\n"
            + "\n".join([f"<h1>{name}</h1>", *parts]) + "\n</body>\n</html>\n")
    return page.encode(errors="replace").decode()  # half a surrogate pair is no text that a file could hold


def _made(provenance: Provenance) -> str:
    made = f"Made with SeqViz {provenance.versions.get('seqviz_core', '')} on {provenance.date}."
    link = escape(provenance.link)
    again = f' <a href="{link}" rel="noreferrer">Open this view</a>: {link}' if link.startswith(("http://", "https://")) else ""
    return f'<p class="muted">{escape(made)}{again}</p>'


def _section(section: Section) -> str:
    figure = section.figure if isinstance(section.figure, str) else section.figure.to_html(
        full_html=False, include_plotlyjs=False, config={"displaylogo": False, "displayModeBar": False})
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in section.says)
    caption = f"<figcaption>{escape(section.caption)}</figcaption>"
    return (f"<section>\n<h2>{escape(section.question)}</h2>\n{said}<figure>{figure}\n{caption}</figure>\n"
            f"{html_table(section.table) if section.table else ''}</section>")


def _origin(provenance: Provenance) -> list[str]:
    """Return the parts that say where the numbers come from."""
    view = provenance.view
    return ["<h2>Where does this come from?</h2>", "<h3>Sequence</h3>", _pre(to_fasta(view_records(view))),
            "<h3>Edits</h3>", _edits(view), "<h3>Settings</h3>", html_table(_settings(view)),
            "<h3>Models</h3>", html_table(_models(provenance.models)),
            *(_pre(_spec(model)) for model in provenance.models), "<h3>Versions</h3>",
            html_table({"of": list(provenance.versions), "version": list(provenance.versions.values())}),
            "<h3>The Python that gives these numbers</h3>", _pre(provenance.script)]


def _edits(view: ViewState) -> str:
    columns = {"at base": [e.start + 1 for e in view.steps], "bases deleted": [e.deleted for e in view.steps],
               "bases put in": [e.inserted for e in view.steps]}
    says = "Each counts from 1, in the sequence as the edits before it left it." if view.steps else "None."
    return f"<p>{says}</p>" + (html_table(columns) if view.steps else "")


def _settings(view: ViewState) -> Columns:
    shown = {"strand the models read": "forward" if view.strand == "+" else "reverse",
             "class explained": view.target or "the likeliest of the model in focus",
             "model in focus": view.focus or "the first", "attribution": ", ".join(view.methods),
             "gradient correction": "yes" if view.corrected else "no", "layer drawn": view.layer,
             "tracks": ", ".join(view.tracks),
             "bases in view": "all" if view.zoom is None else f"{view.zoom[0]} to {view.zoom[1]}", "known motifs from": view.hits}
    return {"setting": list(shown), "value": list(shown.values())}


def _models(models: Sequence[RunRef]) -> Columns:
    return {"model": [m.label for m in models], "run": [m.id for m in models],
            "trained": ["by SeqViz, shipped with it" if m.pretrained else "by a visitor" for m in models],
            "architecture": [m.spec.architecture for m in models], "task": [m.spec.task for m in models],
            "seed": [m.spec.training.seed for m in models], "SHA-256 of its weights": [m.weights for m in models]}


def _spec(model: RunRef) -> str:
    text = model.spec.to_json()
    if len(text) <= LONGEST_SPEC:
        return text
    return f"The settings of run {model.id} hold its own sequences ({len(text):,} characters): see config.json in its folder."


def html_table(columns: Columns) -> str:
    """Return a table as markup, every cell escaped."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in columns)
    rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in zip(*columns.values()))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def _pre(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _line(text: str) -> str:
    return " ".join(text.split())


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return f"<script>{get_plotlyjs()}</script>\n"

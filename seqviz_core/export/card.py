"""The trust card of a run as a file: JSON with where it comes from, and one HTML page.

A card is what `seqviz_core.checks.card.make_card` wrote, parsed: {"run", "task", "n", "sections": [{"question", ...}]}.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from .provenance import versions
from .report import html_page, html_table
from .run_ref import RunRef

MARKS = {"holds": "Holds", "doubtful": "In doubt", "fails": "Fails", "open": "Open"}
"""What a section's mark is called."""
LEGEND = ("Holds: the check is passed; in doubt: in part; fails: it is not; open: it describes, or can say neither.")
COLOURS = {"holds": "#0b6b50", "doubtful": "#8a4b00", "fails": "#a30b27", "open": "#4b5260"}
Card = Mapping[str, Any]


def card_json(card: Card, ref: RunRef, date: str) -> str:
    """Return the card with the run's settings, the checksum of its weights, and the versions that made it."""
    origin = {"label": ref.label, "weights_sha256": ref.weights, "spec": json.loads(ref.spec.to_json()), "versions": versions(),
              "date": date}
    return json.dumps({**card, "origin": origin}, indent=1, allow_nan=False) + "\n"


def card_html(card: Card, ref: RunRef, date: str) -> str:
    """Return the card as one HTML document that needs nothing from outside."""
    parts = [f"<p><strong>{escape(summary(card))}</strong></p>",
             f'<p class="muted">{escape(LEGEND)} {escape(made_from(card))} Made on {escape(date)}.</p>']
    parts += map(_section, card["sections"])
    parts += ["<h2>Where does this come from?</h2>",
              html_table({"of": ["run", "SHA-256 of its weights", *versions()],
                          "is": [ref.id, ref.weights, *versions().values()]}),
              f"<pre>{escape(ref.spec.to_json())}</pre>"]
    return html_page(f"Trust card of {ref.label}", parts)


def summary(card: Card) -> str:
    """Return e.g. "5 checks hold, 1 is in doubt (Is the map faithful?); 2 do not apply to this model."."""
    by_mark = {mark: [s["question"] for s in card["sections"] if s.get("mark") == mark] for mark in MARKS}
    told = []
    if by_mark["holds"]:
        n = len(by_mark["holds"])
        told.append(f"{n} check{'s hold' if n > 1 else ' holds'}")
    for mark, one, many in (("doubtful", "is in doubt", "are in doubt"), ("fails", "fails", "fail"),
                            ("open", "is open", "are open")):
        if names := by_mark[mark]:
            told.append(f"{len(names)} {one if len(names) == 1 else many} ({' '.join(names)})")
    skipped = sum("why" in s for s in card["sections"])
    text = ", ".join(told) or "No check applies"
    return text + (f"; {skipped} {'does' if skipped == 1 else 'do'} not apply to this model." if skipped and told else ".")


def made_from(card: Card) -> str:
    """Return what the card was measured on."""
    test = card.get("test") or {}
    reached = f" Test AUROC {test['auroc']:.3f}" if test.get("auroc") is not None else ""
    reached += f" of a possible {card['ceiling']:.3f}" if reached and card.get("ceiling") is not None else ""
    return (f"Task: {card['task']}, training seed {card['training_seed']}.{reached}{'.' if reached else ''} Checked on "
            f"fresh sequences of its task, drawn with seed {card['seed']}: each check says on how many.")


def numbers_of(section: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the figures of a section, each beside its control, as a table to print."""
    numbers = section["numbers"]
    show = lambda value: "" if value is None else "0" if abs(value) < 1e-6 else f"{value:.3g}"
    return {"figure": [n["name"] for n in numbers], "value": [show(n["value"]) for n in numbers],
            "control": [show(n["null"]) for n in numbers]}


def control_of(section: Mapping[str, Any]) -> str:
    """Return what a section's controls are, in a sentence; empty where it has none."""
    return f"Control: {section['null_is']}." if section["null_is"] else ""


def _section(section: Mapping[str, Any]) -> str:
    head = f"<h2>{escape(section['question'])}</h2>"
    if "why" in section:
        return f'<section>\n{head}<p class="muted">Does not apply: {escape(section["why"])}</p></section>'
    mark = f'<strong style="color: {COLOURS[section["mark"]]}">{MARKS[section["mark"]]}.</strong>'
    n = (f'<p class="muted">{escape(control_of(section))} n = {section["n"]} {escape(section["counted"])}, '
         f'{section["seconds"]:g} s.</p>')
    said = f"<p>{mark} {escape(section['conclusion'])}</p>"
    return f"<section>\n{head}{said}\n{html_table(numbers_of(section))}\n{n}</section>"

"""Write the README's tables from the registries: what is registered stands there, with no other edit.

    python -m scripts.readme_tables
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqviz_core.registry import Registry
    from seqviz_core.ui.tool import Tool

ANSWERS = {"softmax": "one class", "sigmoid": "several labels", "positions": "a class for every base"}
README = Path(__file__).resolve().parents[1] / "README.md"


def tables() -> dict[str, str]:
    """Return the Markdown tables by the name of their place in the README."""
    from seqviz_core.attribution import METHODS
    from seqviz_core.datasets import DATASETS
    from seqviz_core.models import ARCHITECTURES
    from seqviz_core.ui.experiments import EXPERIMENTS
    from seqviz_core.ui.trust import TRUST

    return {
        "architectures": _table(("name", "what it does", "good for", "not for", "as published (parameters)"), [
            (f"**{a.label}** `{a.name}`", a.summary, a.good_for, a.not_for,
             ", ".join(f"{name} ({paper.n_parameters:,})" for name, paper in a.published.items())) for a in ARCHITECTURES]),
        "tasks": _table(("name", "what is asked", "answer", "settings"), [
            (f"**{d.label}** `{d.name}`", d.summary, ANSWERS[d.task.head], ", ".join(d.presets)) for d in DATASETS]),
        "experiments": _tools(EXPERIMENTS),
        "checks": _tools(TRUST),
        "methods": _table(("name", "what it shows", "signed", "sums to the change of the logit"), [
            (f"**{m.label}** `{m.name}`", m.summary, _yes(m.signed), _yes(m.complete)) for m in METHODS]),
    }


def _tools(page: "Registry[Tool]") -> str:
    return _table(("name", "it asks", "it shows"), [(f"**{t.label}** `{t.name}`", t.question, t.shows) for t in page])


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def filled(text: str) -> str:
    """Return `text` with each table written between `<!-- name -->` and `<!-- /name -->`."""
    for name, table in tables().items():
        text, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", rf"\g<1>{_literal(table)}\n\g<2>", text, flags=re.S)
        if found != 1:
            raise ValueError(f"README.md has {found} places for the table of {name}, not one")
    return text


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))

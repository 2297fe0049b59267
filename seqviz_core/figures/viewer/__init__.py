"""The viewer: a scene drawn in a browser, by plain JavaScript that needs no build and asks for nothing from outside.

The files of this folder are joined in the order of PARTS into one script; colours and letter outlines come before them, from
the palette. `ui.viewer` mounts it in the app; `standalone` puts it into a page of its own.
"""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from ..glyphs import GLYPHS
from ..palette import FONT, MODEL_COLOURS, MONOSPACE, MORE_COLOURS, THEMES, Theme, readable

FOLDER = Path(__file__).parent
PARTS = ("model", "pen", "maps", "draw", "letters", "dom", "cursor", "sequence", "edit", "input", "keys", "save", "mount")


@cache
def code() -> str:
    """Return the whole script, which defines `mount(element, options)`; comments and indentation are left out."""
    return "\n".join([_constants(), *(_shortened((FOLDER / f"{part}.js").read_text()) for part in PARTS)])


@cache
def style() -> str:
    """Return the style sheet."""
    return (FOLDER / "viewer.css").read_text()


def standalone(scene: dict, title: str) -> str:
    """Return an HTML fragment that shows `scene` without a server: nothing to edit, but zoom, readout and saving.

    Several may stand on one page: each is in a shadow root of its own.
    """
    still = {**scene, "editable": False}
    script = (f"(() => {{\n{code()}\nconst host = document.currentScript.previousElementSibling;\n"
              f"mountAlone(host, {_literal(style())}, {_literal(still)});\n}})();")
    return f'<div class="seqviz-viewer" role="figure" aria-label="{escape(title)}"></div>\n<script>{script}</script>\n'


def _literal(value: object) -> str:
    """Return `value` as JavaScript that may stand within a <script>."""
    return json.dumps(value).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _constants() -> str:
    themes = {name: _theme(theme) for name, theme in THEMES.items()}
    return "\n".join(f"const {name} = {json.dumps(value)};" for name, value in {
        "THEMES": themes, "GLYPHS": GLYPHS, "FONT": FONT, "MONOSPACE": MONOSPACE}.items())


def _theme(theme: Theme) -> dict:
    lines = (*MODEL_COLOURS.values(), *MORE_COLOURS)
    return {"name": theme.name, "page": theme.page, "text": theme.text, "muted": theme.muted, "grid": theme.grid,
            "zero": theme.zero, "truth": theme.truth, "band": float(re.search(r"([\d.]+)\)$", theme.truth_band)[1]),
            "onBase": theme.on_base, "bases": theme.bases, "sequential": theme.sequential, "diverging": theme.diverging,
            "lines": lines, "lineTexts": [readable(colour, theme) for colour in lines]}


def _shortened(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))

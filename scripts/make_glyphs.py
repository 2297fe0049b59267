"""Writes seqviz_core/figures/glyphs.py: the outlines of A, C, G, T and N, once, so that no logo needs matplotlib.

The outlines come from DejaVu Sans Bold, the free font that matplotlib bundles (derived from Bitstream Vera; its licence
allows embedding and redistribution). Each letter is scaled to the unit box, x to the right and y upwards.

    python scripts/make_glyphs.py
"""

import re
from pathlib import Path

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

TARGET = Path(__file__).parents[1] / "seqviz_core" / "figures" / "glyphs.py"
COMMANDS = {TextPath.MOVETO: "M", TextPath.LINETO: "L", TextPath.CURVE3: "Q", TextPath.CURVE4: "C", TextPath.CLOSEPOLY: "Z"}
HEADER = '''"""The outlines of the letters of a logo, as SVG path data in the unit box, x to the right and y upwards.

Written by scripts/make_glyphs.py from DejaVu Sans Bold (free font derived from Bitstream Vera, bundled with matplotlib).
"""

GLYPHS = {
'''


def outline(letter: str) -> str:
    """Return the path data of `letter`, scaled to the unit box."""
    path = TextPath((0, 0), letter, size=100, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    box = path.get_extents()
    path = path.transformed(Affine2D().translate(-box.x0, -box.y0).scale(1 / box.width, 1 / box.height))
    parts = [COMMANDS[int(code)] + ("" if code == TextPath.CLOSEPOLY else " ".join(f"{v:.3g}" for v in points.round(3) + 0.0))
             for points, code in path.iter_segments(simplify=False)]
    return "".join(parts)


def entry(letter: str, width: int = 110) -> str:
    """Return one line group of the dict, the outline broken where a command begins."""
    lines = [""]
    for command in re.findall(r"[A-Z][^A-Z]*", outline(letter)):
        lines = [*lines[:-1], lines[-1] + command] if len(lines[-1]) + len(command) <= width else [*lines, command]
    quoted = "\n          ".join(f'"{line}"' for line in lines)
    return f'    "{letter}": ({quoted}),'


def main() -> None:
    TARGET.write_text(HEADER + "\n".join(entry(letter) for letter in "ACGTN") + "\n}\n")


if __name__ == "__main__":
    main()

"""What a logo costs: our SVG strings against logomaker, in one run.

    python -m benchmarks.logos [repeats]

Sixteen filter logos of 19 columns (a page of motifs) and attribution tracks of 200 and 1,000 bases, one letter at each. Both
start from the same matrix and end with an SVG that a browser can show; logomaker's time is also given without writing it. Times
are of the processor, one thread, the shortest of several after a first call that does not count.
"""

import io
import re
import sys
import time
from collections.abc import Callable

import logomaker
import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("svg")
import matplotlib.pyplot as plt

from benchmarks._measure import report
from seqviz_core.figures.logo import information_heights, logo_svg, motif_logo_svg
from seqviz_core.figures.palette import BASES

FILTERS, WIDTH, TRACKS, REPEATS = 16, 19, (200, 1000), 2


def filters() -> list[np.ndarray]:
    """Return the PPMs (4, WIDTH) of made-up filters."""
    rng = np.random.default_rng(0)
    return [rng.dirichlet(np.full(4, 0.3), WIDTH).T for _ in range(FILTERS)]


def track(length: int) -> np.ndarray:
    """Return signed heights (4, length), one letter at each base."""
    rng = np.random.default_rng(length)
    heights = np.zeros((4, length))
    heights[rng.integers(0, 4, length), np.arange(length)] = rng.normal(size=length)
    return heights


def with_logomaker(heights: np.ndarray, written: bool) -> str:
    """Return logomaker's logo as SVG, "" where it is drawn but not `written`."""
    figure, axes = plt.subplots(figsize=(max(4, heights.shape[1] / 10), 1.2))
    logomaker.Logo(pd.DataFrame(heights.T, columns=list(BASES)), ax=axes)
    out = io.StringIO()
    if written:
        figure.savefig(out, format="svg")
    plt.close(figure)
    return out.getvalue()


def seconds(draw: Callable[[], object], repeats: int) -> float:
    """Return the shortest processor time of `repeats` calls after a first one."""
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        draw()
        times.append(time.process_time() - start)
    return min(times[1:])


def letters(svg: str) -> int:
    """Return how many letters one of our logos has."""
    return len(re.findall(r"<use ", svg))


def measured(ours: Callable[[], object], matrices: list[np.ndarray], repeats: int) -> dict[str, float]:
    """Return milliseconds of ours and of logomaker, with and without writing the SVG, and the ratios."""
    mine = 1000 * seconds(ours, 20 * repeats)
    drawn, written = (1000 * seconds(lambda w=w: [with_logomaker(m, w) for m in matrices], repeats) for w in (False, True))
    return {"ours_cpu_ms": round(mine, 2), "logomaker_drawn_cpu_ms": round(drawn, 1), "logomaker_svg_cpu_ms": round(written, 1),
            "drawn_over_ours": round(drawn / mine, 1), "svg_over_ours": round(written / mine, 1)}


def main(repeats: int) -> None:
    ppms = filters()
    cases = {f"{FILTERS} filters of {WIDTH} columns": (lambda: [motif_logo_svg(p) for p in ppms],
                                                       [information_heights(p) for p in ppms])}
    for length in TRACKS:
        heights = track(length)
        assert 0.95 * length < letters(logo_svg(heights)) <= length, "all but the smallest letters have to be drawn"
        cases[f"track of {length:,} bases"] = lambda heights=heights: logo_svg(heights), [heights]
    figures = {}
    print(f"{'logos':<28}{'ours ms':>9}{'drawn ms':>10}{'SVG ms':>9}{'drawn':>8}{'SVG':>8}   (logomaker; CPU)")
    for name, (ours, matrices) in cases.items():
        row = figures[name] = measured(ours, matrices, repeats)
        print(f"{name:<28}{row['ours_cpu_ms']:>9.2f}{row['logomaker_drawn_cpu_ms']:>10.0f}{row['logomaker_svg_cpu_ms']:>9.0f}"
              f"{row['drawn_over_ours']:>7.0f}x{row['svg_over_ours']:>7.0f}x", flush=True)
    report("logos", figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)

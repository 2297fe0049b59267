"""The published figures, ours beside them.

    python -m benchmarks.reproduce A9 [A3 ...] [--seeds 3] [--scale 1] [--data ../shared/data]
    python -m benchmarks.reproduce --write          # run those that have no result yet, then write RESULTS.md

Each experiment prints its table and keeps its figures in benchmarks/results/<name>.json, which RESULTS.md is written from.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks._measure import device
from benchmarks.published import EXPERIMENTS, Budget, Experiment, Row, row_from

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "RESULTS.md"
HEADER = ("figure", "published", "ours, mean ± sd (n)", "ceiling", "aim", "reached")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    budget = Budget(tuple(range(options.seeds)), options.scale, Path(options.data), lambda line: print("  ", line, flush=True))
    missing = [n for n in EXPERIMENTS.names() if options.again or not (RESULTS / f"{n}.json").exists()]
    names = options.names or ([] if options.page else missing)
    for name in names:
        result = run(EXPERIMENTS[name], budget)
        print(section(result), flush=True)
        if options.scale == 1:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    if options.write or options.page:
        PAGE.write_text(page(saved()))


def run(entry: Experiment, budget: Budget) -> dict:
    """Run one experiment and return its figures as JSON can hold them."""
    print(f"{entry.name}: {entry.title}", flush=True)
    start = time.perf_counter()
    rows = entry.run(budget)
    return {"name": entry.name, "rows": [row._asdict() for row in rows], "minutes": round((time.perf_counter() - start) / 60, 1),
            "device": device(), "scale": budget.scale}


def saved() -> list[dict]:
    """Return the kept results, in the experiments' order."""
    files = {name: RESULTS / f"{name}.json" for name in EXPERIMENTS.names()}
    return [json.loads(path.read_text()) for path in files.values() if path.exists()]


def page(results: Sequence[dict]) -> str:
    """Return RESULTS.md: a section for each result, and which experiments have none."""
    missing = [name for name in EXPERIMENTS.names() if name not in {result["name"] for result in results}]
    lines = ["# Published figures and ours", "", "Written by `make results` from `benchmarks/results/`; run one again with "
             "`python -m benchmarks.reproduce NAME`.", "Ours are means over seeds on sequences the model has not seen; "
             "a ceiling is the Bayes classifier's (or, where said, the planted motifs' own) figure on the same sequences.", ""]
    lines += [section(result) for result in results]
    lines += [f"Not run yet: {', '.join(missing)}.", ""] if missing else []
    return "\n".join(lines)


def section(result: dict) -> str:
    """Return one experiment as Markdown: what it is, what differs from the paper, its table, what it cost."""
    entry = EXPERIMENTS[result["name"]]
    rows = [row_from(content) for content in result["rows"]]
    table = [HEADER, ["---"] * len(HEADER), *map(_cells, rows)]
    facts = [f"Source: {entry.source}. Recipe: {entry.recipe}."] + ([f"Changed: {entry.changes}."] if entry.changes else [])
    return "\n".join([f"## {entry.name}. {entry.title}", "", *facts, "", *(f"| {' | '.join(cells)} |" for cells in table), "",
                      f"{result['minutes']:g} minutes on {result['device']}.", ""])


def _cells(row: Row) -> list[str]:
    ours = f"{row.mean:.3f} ± {row.spread:.3f} ({len(row.ours)})"
    bounds = {"at least": row.at_least, "at most": row.at_most}
    aim = ", ".join(f"{word} {bound:.3f}" for word, bound in bounds.items() if bound is not None)
    ceiling = "" if row.ceiling is None else f"{row.ceiling:.3f}"
    return [row.what, row.published, ours, ceiling, aim, {None: "", True: "yes", False: "no"}[row.reached]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="A1, A3, ...; none: those without a result")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the recipe's sizes; below 1 nothing is kept")
    parser.add_argument("--data", default=str(ROOT.parent / "shared" / "data"), help="folder of the real data sets")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="also those that have a result")
    parser.add_argument("--write", action="store_true", help="write RESULTS.md")
    parser.add_argument("--page", action="store_true", help="run nothing, write RESULTS.md from what is kept")
    return parser


if __name__ == "__main__":
    main()

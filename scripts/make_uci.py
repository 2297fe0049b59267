"""Write the two bundled UCI data sets from the originals (downloaded by hand; see seqviz_core/datasets/data/SOURCES.md).

    python scripts/make_uci.py --splice splice.data --promoters promoters.data

Every row of the original is kept, in its order: codes 0-3 for A, C, G, T and 4 for what is none of them, the class, the
name. Which rows are then left out (copies, contradictions) is said and done by the task that reads the file. The same
originals give the same bytes.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "seqviz_core" / "datasets" / "data"
SPLICE, PROMOTERS = ("EI", "IE", "N"), ("-", "+")  # the classes as the originals name them, in the order of the labels


def main() -> None:
    """Read, pack, write, and print what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splice", type=Path, required=True)
    parser.add_argument("--promoters", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    for name, path, classes in (("uci_splice", given.splice, SPLICE), ("uci_promoters", given.promoters, PROMOTERS)):
        arrays = pack(path, classes)
        out = given.out / f"{name}.npz"
        np.savez_compressed(out, **arrays)
        print(f"{name}: {len(arrays['labels']):,} rows, {out.stat().st_size / 1000:.0f} kB")


def pack(path: Path, classes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return codes (N, L) uint8, labels (N,) uint8 and names (N,) of a file of "class, name, sequence" rows."""
    with path.open(newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row]
    rows = [row for row in rows if row[0] in classes]  # a header is no row
    codes = [["ACGT".find(base) % 5 for base in row[2].upper()] for row in rows]  # find gives -1, that is 4
    return {"codes": np.array(codes, dtype=np.uint8), "labels": np.array([classes.index(row[0]) for row in rows], dtype=np.uint8),
            "names": np.array([row[1] for row in rows])}


if __name__ == "__main__":
    main()

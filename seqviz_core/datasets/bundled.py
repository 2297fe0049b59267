"""The real data that come with SeqViz; data/SOURCES.md says from where."""

from pathlib import Path

import numpy as np

from ..sequences import UNKNOWN, decode
from .fixed import Given, distinct, strand_groups

FOLDER = Path(__file__).with_name("data")


def bundled(name: str, classes: tuple[str, ...]) -> Given:
    """Return the different sequences of a bundled file, those with contradicting labels left out, and what was left out."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        codes, labels = file["codes"], file["labels"].astype(np.int64)
    sequences = decode(codes)
    kept = distinct(sequences, labels)
    codes, labels = codes[kept.rows], labels[kept.rows]
    notices = []
    if kept.copies or kept.contradicting:
        notices = [f"Of {len(sequences):,} rows {len(codes):,} are used: {kept.copies:,} are copies of another row, and "
                   f"{kept.contradicting:,} hold one sequence under two labels."]
    if unknown := int((codes == UNKNOWN).any(axis=1).sum()):
        notices.append(f"{unknown:,} sequences hold letters that stand for several bases; those are kept as unknown.")
    return Given(codes, labels, strand_groups([sequences[row] for row in kept.rows]), classes, tuple(notices))

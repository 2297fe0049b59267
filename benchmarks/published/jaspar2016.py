"""The published tasks with the motifs they were published with: JASPAR CORE vertebrates 2016, read from the data folder.

The app ships JASPAR 2026, whose matrices are other ones (and often shorter): figures on them are not the paper's.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from seqviz_core.datasets.multi_label import MultiLabel
from seqviz_core.datasets.regulatory_code import CORE_IDS, OTHER_IDS, RegulatoryCode
from seqviz_core.motifs import Motif, read_motifs

CORE = ("MA0079.3", "MA0062.2", "MA0466.2", "MA0058.3", "MA0095.2")  # SP1, Gabpa, CEBPB, MAX, YY1
TWELVE = ("MA0151.1", "MA0466.2", "MA0477.1", "MA0062.2", "MA0496.1", "MA0058.3",
          "MA0052.3", "MA0502.1", "MA0079.3", "MA0083.3", "MA0137.3", "MA0095.2")
WIDEST = 19  # bases; 7 sites have to fit into 200
LIKE = 0.75
SEED = 22


@lru_cache(maxsize=4)
def library(data: Path) -> dict[str, Motif]:
    """Return the motifs of the 2016 release by id."""
    path = data / "jaspar" / "JASPAR_CORE_2016_vertebrates.meme"
    if not path.is_file():
        raise SystemExit(f"{path} is not there; name the folder with --data")
    return {motif.id: motif for motif in read_motifs(path.read_bytes())}


def regulatory_code(data: Path) -> RegulatoryCode:
    """Return task 3 of Koo & Ploenzke with 2016's core motifs and fifty others of 2016, drawn once."""
    motifs = library(data)
    core = [motifs[i] for i in CORE]
    others = sorted(i for i, motif in motifs.items() if motif.width <= WIDEST and not _like(motif, core))
    drawn = np.random.default_rng(SEED).choice(others, len(OTHER_IDS), replace=False)
    assert len(CORE) == len(CORE_IDS)
    chosen = tuple(motifs[i] for i in (*CORE, *drawn))

    class RegulatoryCode2016(RegulatoryCode):
        motifs = chosen

    return RegulatoryCode2016()


def _like(motif: Motif, core: list[Motif]) -> bool:
    """Return whether a motif is a core motif or looks like one, as the paper took look-alikes out."""
    return max(max(likeness(motif, c), likeness(c, motif)) for c in core) >= LIKE


def likeness(query: Motif, target: Motif) -> float:
    """Return how alike two motifs are, -1 to 1, where `target` lies best over `query`, on either strand.

    With q and t the probabilities minus 0.25, and t zero where the target has no column under the query:
    sum(q t) / sqrt(sum(q q) * max(sum(t t), sum(q q) / 4)), over at least four columns of both (fewer where one is
    narrower). That is Pearson's correlation of the whole query with what of the target lies under it; the max keeps a
    stretch that says next to nothing from winning by its shape. Unlike TOMTOM's p it needs no library around the two.
    """
    q, ones, scores = query.ppm() - 0.25, np.ones(query.width), []
    whole = (q**2).sum() or 1.0  # a query that says nothing is like nothing: 0
    enough = np.correlate(ones, np.ones(target.width), "full") >= min(4, query.width, target.width)
    for strand in (target, target.reverse_complement()):
        t = strand.ppm() - 0.25
        products = sum(np.correlate(a, b, "full") for a, b in zip(q, t))  # at every offset
        under = np.correlate(ones, (t**2).sum(axis=0), "full")
        scores.append((products / np.sqrt(whole * np.maximum(under, whole / 4)))[enough].max())
    return float(max(scores))


def multi_label(data: Path) -> MultiLabel:
    """Return task 1 of Koo & Eddy with 2016's motifs."""
    chosen = tuple(library(data)[i] for i in TWELVE)

    class MultiLabel2016(MultiLabel):
        motifs = chosen

    return MultiLabel2016()

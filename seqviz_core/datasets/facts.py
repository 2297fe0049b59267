"""What is in a dataset, class by class, whatever its task asks for."""

from dataclasses import dataclass

import numpy as np

from ..sequences import UNKNOWN
from .task import Dataset


@dataclass(frozen=True)
class ClassFacts:
    """One class or label: how many sequences (of "positions": bases) have it, which share that is, their GC content (nan
    without a known base) and its standard deviation from sequence to sequence, their planted sites per sequence."""

    name: str
    n: int
    share: float
    gc: float
    gc_spread: float
    sites: float


def class_facts(data: Dataset) -> list[ClassFacts]:
    """Return the facts of each class in the order of the logits; of several labels a sequence counts for each it has."""
    members = _members(data)
    total = data.codes.size if members.ndim == 3 else len(data)
    sites = np.bincount(data.sites.sequence, minlength=len(data))
    return [_facts(name, data.codes, mask, sites, total) for name, mask in zip(data.classes, members, strict=True)]


def _members(data: Dataset) -> np.ndarray:
    """Return (C, N) booleans of who has which class, or (C, N, L) where every base has one."""
    if data.labels.ndim == 2 and np.issubdtype(data.labels.dtype, np.floating):
        return data.labels.T > 0.5
    return np.stack([data.labels == c for c in range(len(data.classes))])


def _facts(name: str, codes: np.ndarray, mask: np.ndarray, sites: np.ndarray, total: int) -> ClassFacts:
    rows = mask if mask.ndim == 1 else mask.any(axis=1)
    bases = np.broadcast_to(mask[:, None], codes.shape) if mask.ndim == 1 else mask
    known = (bases & (codes < UNKNOWN)).sum(axis=1)[rows]
    strong = (bases & ((codes == 1) | (codes == 2))).sum(axis=1)[rows]
    each = strong[known > 0] / known[known > 0]
    gc, spread = (float(each.mean()), float(each.std())) if len(each) else (float("nan"), float("nan"))
    per_sequence = float(sites[rows].mean()) if rows.any() else 0.0
    return ClassFacts(name, int(mask.sum()), float(mask.sum() / max(total, 1)), gc, spread, per_sequence)


def label_text(data: Dataset, row: int) -> str:
    """Return a sequence's label in words: its class; its labels joined by " + ", or "none"; or the stretches of each class but
    the first, "donor 41-42, acceptor 77-78" (1-based, both ends included), or "none"."""
    if data.labels.ndim == 1:
        return data.classes[data.labels[row]]
    if np.issubdtype(data.labels.dtype, np.floating):
        return " + ".join(name for name, has in zip(data.classes, data.labels[row] > 0.5, strict=True) if has) or "none"
    return ", ".join(f"{name} {start + 1}-{end}" for start, end, name in stretches(data, row)) or "none"


def stretches(data: Dataset, row: int) -> list[tuple[int, int, str]]:
    """Return where a sequence with a class per base leaves the first class: (start, end, class), 0-based, end excluded."""
    if data.labels.ndim != 2 or np.issubdtype(data.labels.dtype, np.floating):
        return []
    labels = data.labels[row]
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    return [(a, b, data.classes[labels[a]]) for a, b in zip(edges[:-1], edges[1:], strict=True) if labels[a] > 0]

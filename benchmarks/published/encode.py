"""The ENCODE sets of the original DeepBind release: peaks of 101 bases, train = AC, test = B against dinucleotide shuffles."""

import gzip
from pathlib import Path

import numpy as np

from seqviz_core.datasets import Dataset, Sites
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import dinucleotide_shuffle, encode

from .experiment import Budget
from .training import Sets

FLOORS = {"USF1": 0.990, "REST": 0.984, "GABPA": 0.975, "CTCFL": 0.866}  # 6-mer logistic regression, AUROC
OWN_MOTIF = {"USF1": "MA0093.4", "REST": "MA0138.3", "GABPA": "MA0062.4", "CTCFL": "MA1102.3"}
CLASSES = "shuffled", "bound"
NO_SITES = Sites(*(np.zeros(0, dtype=np.int64) for _ in range(5)))


def encode_sets(budget: Budget, factor: str, seed: int, most: int = 5000) -> Sets:
    """Return the sets of one factor: up to `most` training peaks, a tenth for validation, new shuffles every epoch.

    Half of the training sequences are turned round in each epoch: a peak has no strand.
    """
    peaks, _ = _read(_file(budget.data, factor, "AC"))
    rng = np.random.default_rng((seed, 24))
    peaks = peaks[rng.permutation(len(peaks))[:budget.size(most, 100)]]
    cut = max(20, len(peaks) // 10)
    valid, train = peaks[:cut], peaks[cut:]
    test, bound = _read(_file(budget.data, factor, "B"))
    fresh = lambda epoch: _turned(_against_shuffles(train, seed + epoch, factor), (seed, epoch))
    return Sets(fresh(1), _against_shuffles(valid, seed + 10**6, factor), _labelled(test, bound, factor), fresh)


def both_strands(model_logits, codes: np.ndarray) -> np.ndarray:
    """Return the mean of `model_logits` over a sequence and its reverse complement."""
    return (model_logits(codes) + model_logits(reverse_complement(codes))) / 2


def reverse_complement(codes: np.ndarray) -> np.ndarray:
    """Return codes (N, L) read on the other strand."""
    return np.where(codes < 4, 3 - codes, codes)[:, ::-1].astype(np.uint8)


def _file(folder: Path, factor: str, part: str) -> Path:
    found = sorted((folder / "encode_deepbind").glob(f"{factor}_*_{part}.seq.gz"))
    if not found:
        raise SystemExit(f"{folder} has no encode_deepbind/{factor}_*_{part}.seq.gz; name the folder with --data")
    return found[0]


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (N, L) and whether each was bound (N,)."""
    with gzip.open(path, "rt") as file:
        rows = [line.split() for line in file][1:]
    return encode([row[2] for row in rows]), np.array([row[3] == "1" for row in rows])


def _against_shuffles(peaks: np.ndarray, seed: int, factor: str) -> Dataset:
    rng = np.random.default_rng((seed, 25))
    shuffles = [dinucleotide_shuffle(peak, 1, int(s))[0] for peak, s in zip(peaks, rng.integers(2**63, size=len(peaks)))]
    return _labelled(np.concatenate([peaks, shuffles]), np.arange(2 * len(peaks)) < len(peaks), factor)


def _turned(data: Dataset, seed: tuple[int, ...]) -> Dataset:
    turn = np.random.default_rng(seed).random(len(data)) < 0.5
    codes = np.where(turn[:, None], reverse_complement(data.codes), data.codes)
    return Dataset(codes, data.labels, data.sites, data.classes, data.motifs)


def _labelled(codes: np.ndarray, bound: np.ndarray, factor: str) -> Dataset:
    return Dataset(codes, bound.astype(np.int64), NO_SITES, CLASSES, (find_motif(OWN_MOTIF[factor]),))

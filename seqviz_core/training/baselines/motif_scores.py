"""Baselines that scan with known motifs: the planted ones, or the one of all JASPAR that tells most."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F

from ...metrics import auroc_rows
from ...motifs import Motif, jaspar
from ...sequences import one_hot_encode
from ..results import Scores
from ..scoring import scores_of
from .logistic import dense, fit_logistic

if TYPE_CHECKING:
    from ...datasets import Dataset

MOST_BASES = 1_000_000
"""The few weights are fitted on at most this many bases of training sequences."""
CHOICE_BASES = 40_000
"""Bases of training sequences on which one motif of a library is chosen, about half a second for all JASPAR."""
_AT_ONCE = 2**13  # bases of a convolution with all of a library: 2,038 strands x 8,192 x 4 bytes = 67 MB


def planted_motifs_baseline(train: "Dataset", test: "Dataset") -> Scores:
    """Return the scores on `test` of one logistic regression on the best log odds of each planted motif in a sequence.

    Against the composition of `train`; on both strands where `train` holds sites on both.
    """
    return _fitted(train.motifs, train, test, on_both_strands(train))


def jaspar_baseline(train: "Dataset", test: "Dataset") -> tuple[Scores | None, str]:
    """Return the scores on `test` of a logistic regression on the best log odds of a single JASPAR motif, and its name.

    The motif is the one whose best score, on either strand, separates the classes of (a part of) `train` best: the mean
    over classes of |AUROC - 1/2|. None and "" where no motif fits into the sequences.
    """
    library = [m for m in jaspar().values() if m.width <= train.codes.shape[1]]
    if not library:
        return None, ""
    rows = _part(train)
    codes, wanted = train.codes[rows], _against_rest(train.labels[rows], len(train.classes))
    best = best_scores(codes, library, composition(train.codes), both_strands=True)  # (n, M)
    apart = np.abs(np.stack([auroc_rows(best.T, positive) for positive in wanted]) - 0.5)  # (questions, M)
    motif = library[int(np.nan_to_num(apart).mean(axis=0).argmax())]
    return _fitted([motif], train, test, both_strands=True), f"best JASPAR motif ({motif.name})"


def best_scores(codes: np.ndarray, motifs: Sequence[Motif], background: np.ndarray, *, both_strands: bool) -> np.ndarray:
    """Return float32 (N, M): the highest log odds (bits) of each motif anywhere in each sequence of `codes` (N, L).

    All motifs in one convolution; an unknown base adds 0. No motif may be longer than the sequences.
    """
    length, widest = codes.shape[1], max(m.width for m in motifs)
    strands = [[m.ppm(), m.ppm()[::-1, ::-1]][: 1 + both_strands] for m in motifs]
    weights = np.zeros((len(motifs), 1 + both_strands, 4, widest), dtype=np.float32)
    outside = np.zeros((len(motifs), 1, length), dtype=np.float32)
    for index, motif in enumerate(motifs):
        weights[index, :, :, : motif.width] = np.log2(np.stack(strands[index]) / background[:, None])
        outside[index, :, length - motif.width + 1:] = -np.inf
    kernel, outside = torch.from_numpy(weights).flatten(0, 1), torch.from_numpy(outside)
    rows, found = max(1, _AT_ONCE // length), []
    with torch.no_grad():
        for start in range(0, len(codes), rows):
            X = F.pad(torch.from_numpy(one_hot_encode(codes[start:start + rows])), (0, widest - 1))
            scores = F.conv1d(X, kernel).unflatten(1, (len(motifs), -1)).amax(2, keepdim=True)  # (n, M, 1, L)
            found.append((scores + outside).amax((2, 3)))
    return torch.cat(found).numpy()


def composition(codes: np.ndarray) -> np.ndarray:
    """Return the shares of A, C, G, T among the known bases; none below a hundredth, so that log odds stay finite."""
    share = np.bincount(codes.ravel(), minlength=4)[:4] + 1.0
    share = np.maximum(share / share.sum(), 0.01)
    return share / share.sum()


def on_both_strands(data: "Dataset") -> bool:
    """Return whether any site was planted on the reverse strand."""
    return bool((data.sites.strand < 0).any())


def _fitted(motifs: Sequence[Motif], train: "Dataset", test: "Dataset", both_strands: bool) -> Scores:
    most, background = max(1, MOST_BASES // train.codes.shape[1]), composition(train.codes)
    table = best_scores(train.codes[:most], motifs, background, both_strands=both_strands)
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    model = fit_logistic(dense((table - middle) / spread), train.labels[:most], len(motifs), len(train.classes))
    unseen = best_scores(test.codes, motifs, background, both_strands=both_strands)
    return scores_of(model.logits(dense((unseen - middle) / spread)), test.labels)


def _part(train: "Dataset") -> np.ndarray:
    """Return rows of `train` with CHOICE_BASES bases; of classes as many of each as there are, however rare one is."""
    most, labels = max(20, CHOICE_BASES // train.codes.shape[1]), train.labels
    if labels.ndim > 1:
        return np.arange(min(most, len(labels)))
    rank = np.empty(len(labels), dtype=np.int64)  # of a sequence among those of its class
    for c in np.unique(labels):
        rank[labels == c] = np.arange((labels == c).sum())
    return np.argsort(rank, kind="stable")[:most]


def _against_rest(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return booleans (questions, N): who is positive; a label that is not asked for counts as negative here."""
    positive = labels > 0.5 if labels.ndim > 1 else labels[:, None] == np.arange(classes)
    return positive.T

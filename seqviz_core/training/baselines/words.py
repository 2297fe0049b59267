"""Baselines that count: words of six bases, or only how many are G or C."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ...sequences import gc_content
from ..results import Scores
from ..scoring import scores_of
from .logistic import Features, best_penalty, dense, fit_logistic

if TYPE_CHECKING:
    from ...datasets import Dataset

KMER = 6
MOST_WINDOWS = 5_000_000
"""The k-mer baseline counts at most this many words (a few seconds of work); of more data it takes the first part."""


def kmer_baseline(train: "Dataset", test: "Dataset", k: int = KMER) -> Scores:
    """Return the scores on `test` of a logistic regression on the counts of all 4^k words of k bases.

    Multinomial for classes, one model for each of several labels. Fitted to the optimum by L-BFGS over the whole of
    `train`, with an L2 penalty chosen on a fifth of it. Words count where they stand on the forward strand; all windows
    with an unknown base share one further count.
    """
    most = max(1, MOST_WINDOWS // max(1, train.codes.shape[1] - k + 1))
    codes, labels = train.codes[:most], train.labels[:most]

    def features(rows: slice) -> Features:
        return _KmerCounts.of(codes[rows], k)

    size, outputs = 4**k + 1, len(train.classes)
    penalty = best_penalty(features, labels, size, outputs)
    model = fit_logistic(features(slice(None)), labels, size, outputs, penalty)
    return scores_of(model.logits(_KmerCounts.of(test.codes, k)), test.labels)


def gc_baseline(train: "Dataset", test: "Dataset") -> Scores:
    """Return the scores on `test` of a logistic regression on GC content and its square, nothing else."""
    def features(codes: np.ndarray) -> Features:
        return dense(gc_features(gc_content(codes)))

    model = fit_logistic(features(train.codes), train.labels, 2, len(train.classes))
    return scores_of(model.logits(features(test.codes)), test.labels)


def gc_features(gc: np.ndarray) -> np.ndarray:
    """Return (..., 2): GC content on a scale of tenths around one half, and its square; nothing known counts as balanced."""
    z = np.nan_to_num((gc - 0.5) / 0.1)
    return np.stack([z, z**2], axis=-1).astype(np.float32)


class _KmerCounts(NamedTuple):
    """The sparse matrix X (sequences, words) of counts, by rows and by columns, so that both products are table look-ups.

    As an `embedding_bag` each way, X W and its gradient X^T R take about 1 ms for a million words; the gradient that
    PyTorch has for `embedding_bag` takes a hundred times that.
    """

    words: Tensor  # (N, windows) index of the word at each start
    owners: Tensor  # (N * windows,) sequence of each occurrence, sorted by word
    starts: Tensor  # (4^k + 1,) where each word's occurrences begin in `owners`

    @classmethod
    def of(cls, codes: np.ndarray, k: int) -> "_KmerCounts":
        words = kmer_indices(codes, k)
        order = np.argsort(words, axis=None, kind="stable")
        starts = np.searchsorted(words.ravel()[order], np.arange(4**k + 1))
        return cls(*(torch.from_numpy(a) for a in (words, order // max(1, words.shape[1]), starts)))

    def __call__(self, weights: Tensor) -> Tensor:
        return _Product.apply(weights, self)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, weights: Tensor, counts: _KmerCounts) -> Tensor:
        ctx.counts = counts
        return F.embedding_bag(counts.words, weights, mode="sum")

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        return F.embedding_bag(ctx.counts.owners, gradient, ctx.counts.starts, mode="sum"), None


def kmer_indices(codes: np.ndarray, k: int) -> np.ndarray:
    """Return (N, L - k + 1) int64: the word at each start read as a number in base 4, or 4^k with an unknown base in it."""
    n, length = codes.shape
    windows = max(0, length - k + 1)
    index, known = np.zeros((n, windows), dtype=np.int64), np.ones((n, windows), dtype=bool)
    for offset in range(k):
        base = codes[:, offset:offset + windows]
        index, known = index * 4 + base, known & (base < 4)
    return np.where(known, index, 4**k)

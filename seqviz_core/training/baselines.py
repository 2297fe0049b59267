"""What a model's figures are compared with: simple models below it, and the Bayes classifier above it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..metrics import accuracy, macro_auroc
from ..sequences import gc_content
from .results import Scores

if TYPE_CHECKING:
    from ..datasets import Dataset, Task

PENALTIES = (1e-1, 1e-2, 1e-3, 1e-4)
MOST_WINDOWS = 5_000_000
"""The k-mer baseline counts at most this many words (a few seconds of work); of more data it takes the first part."""


def bayes_ceiling(task: "Task", n: int, seed: int | tuple[int, ...]) -> Scores | None:
    """Return the scores of the best possible classifier on `n` fresh sequences; None where it has no closed form."""
    return bayes_scores(task, task.sample(n, seed))


def bayes_scores(task: "Task", data: "Dataset") -> Scores | None:
    """Return the scores of the best possible classifier of `task` on `data`; None where it has no closed form."""
    logits = task.bayes_logits(data.codes)
    return None if logits is None else Scores(accuracy(logits, data.labels), macro_auroc(logits, data.labels))


def kmer_baseline(train: "Dataset", test: "Dataset", k: int = 6) -> Scores:
    """Return the scores on `test` of a multinomial logistic regression on the counts of all 4^k words of k bases.

    Fitted to the optimum by L-BFGS over the whole of `train`, with an L2 penalty chosen on a fifth of it. Words count
    where they stand on the forward strand; all windows with an unknown base share one further count.
    """
    most = max(1, MOST_WINDOWS // max(1, train.codes.shape[1] - k + 1))
    codes, labels = train.codes[:most], train.labels[:most]

    def features(rows: slice) -> Callable[[Tensor], Tensor]:
        return _KmerCounts.of(codes[rows], k)

    size, classes = 4**k + 1, len(train.classes)
    penalty = _best_penalty(features, labels, size, classes)
    model = _logistic_regression(features(slice(None)), labels, size, classes, penalty)
    return _scores(_logits(_KmerCounts.of(test.codes, k), model), test.labels)


def gc_baseline(train: "Dataset", test: "Dataset") -> Scores:
    """Return the scores on `test` of a multinomial logistic regression on GC content and its square, nothing else."""
    def features(codes: np.ndarray) -> Callable[[Tensor], Tensor]:
        z = np.nan_to_num((gc_content(codes) - 0.5) / 0.1)  # a sequence without a known base counts as balanced
        table = torch.from_numpy(np.stack([z, z**2], axis=1).astype(np.float32))  # (N, 2)
        return lambda weights: table @ weights

    model = _logistic_regression(features(train.codes), train.labels, 2, len(train.classes), penalty=1e-4)
    return _scores(_logits(features(test.codes), model), test.labels)


class _Logistic(NamedTuple):
    weights: Tensor  # (features, classes)
    bias: Tensor  # (classes,)


def _best_penalty(features: Callable[[slice], Callable[[Tensor], Tensor]], labels: np.ndarray, size: int,
                  classes: int) -> float:
    """Return the penalty with the lowest loss on the first fifth, fitting on the rest: from strong to weak until it rises."""
    cut = max(1, len(labels) // 5)
    held_out, kept, y = features(slice(None, cut)), features(slice(cut, None)), torch.from_numpy(labels[:cut])
    best, lowest, model = PENALTIES[0], float("inf"), None
    for penalty in PENALTIES:
        model = _logistic_regression(kept, labels[cut:], size, classes, penalty, start=model)
        loss = F.cross_entropy(_logits(held_out, model), y).item()
        if loss >= lowest:
            break
        best, lowest = penalty, loss
    return best


def _logistic_regression(features: Callable[[Tensor], Tensor], labels: np.ndarray, size: int, classes: int,
                         penalty: float, start: _Logistic | None = None) -> _Logistic:
    """Return the minimum of mean cross-entropy + penalty * sum of squared weights; `features(W)` is the product X W."""
    y = torch.from_numpy(labels)
    start = start or _Logistic(torch.zeros(size, classes), torch.zeros(classes))
    model = _Logistic(*(part.detach().clone().requires_grad_() for part in start))
    optimizer = torch.optim.LBFGS(list(model), max_iter=60, tolerance_grad=1e-5, tolerance_change=1e-7,
                                  line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(features(model.weights) + model.bias, y) + penalty * model.weights.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return model


@torch.no_grad()
def _logits(features: Callable[[Tensor], Tensor], model: _Logistic) -> Tensor:
    return features(model.weights) + model.bias


def _scores(logits: Tensor, labels: np.ndarray) -> Scores:
    return Scores(accuracy(logits.numpy(), labels), macro_auroc(logits.numpy(), labels))


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

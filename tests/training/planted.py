"""A planted task and a model small enough to train in a test's time, with nothing of the registries."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn

WORD = np.array([0, 1, 2, 3, 0, 1, 2], dtype=np.uint8)  # ACGTACG


@dataclass(frozen=True)
class PlantedWord:
    """Class 1 carries the word ACGTACG once at a uniform start, class 0 is uniform background."""

    length: int = 30
    classes: tuple[str, ...] = ("background", "word")

    def sample(self, n, seed):
        rng = np.random.default_rng(seed)
        codes = rng.integers(4, size=(n, self.length), dtype=np.uint8)
        labels = rng.permutation(np.arange(n) % 2).astype(np.int64)
        for row in np.flatnonzero(labels):
            start = rng.integers(self.length - len(WORD) + 1)
            codes[row, start:start + len(WORD)] = WORD
        return SimpleNamespace(codes=codes, labels=labels, classes=self.classes)

    def bayes_logits(self, codes):
        windows = np.lib.stride_tricks.sliding_window_view(codes, len(WORD), axis=1)
        evidence = (windows == WORD).all(axis=2).mean(axis=1) * 4.0 ** len(WORD)
        with np.errstate(divide="ignore"):
            return np.stack([np.zeros(len(codes)), np.maximum(np.log(evidence), -1e3)], axis=1)


class TinyCNN(nn.Module):
    """Convolution, ReLU, dropout, global max, linear; weights from a seed."""

    def __init__(self, seed: int = 0, dropout: float = 0.2, outputs: int = 2):
        super().__init__()
        self.conv, self.relu, self.dropout = nn.Conv1d(4, 8, 7), nn.ReLU(), nn.Dropout(dropout)
        self.out = nn.Linear(8, outputs)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for p in self.parameters():
                p.uniform_(-0.3, 0.3, generator=generator)

    def forward(self, X: Tensor) -> Tensor:
        return self.out(self.dropout(self.relu(self.conv(X))).amax(dim=2))


class Linear(nn.Module):
    """logits[c] = sum over bases and positions of W[c] * X, from zeros."""

    def __init__(self, length: int, outputs: int = 2):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, 4 * length))

    def forward(self, X: Tensor) -> Tensor:
        return X.flatten(1) @ self.weight.T

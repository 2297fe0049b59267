"""What the pictures need to know of an arithmetic; `experiments.arithmetic` has it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class TermLike(Protocol):
    label: str
    offset: int
    bases: tuple[int, int] | None
    input: float
    weight: float
    product: float


class TermsLike(Protocol):
    strongest: Sequence[TermLike]
    others: int
    rest: float
    total: float


class UnitLike(Protocol):
    row: int
    position: int
    bases: tuple[int, int]
    span: tuple[int, int, int]
    letters: str


class WindowLike(Protocol):
    letters: str
    bases: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    reverse: bool


class ConvolutionLike(Protocol):
    name: str
    window: WindowLike | None
    terms: TermsLike
    bias: float
    scale: float
    total: float


class ConvolutionTermsLike(Protocol):
    unit: UnitLike
    convolutions: Sequence[ConvolutionLike]
    shortcuts: Sequence[tuple[str, float]]
    normalised: bool
    shift: float
    activation: str
    before: float
    value: float


class GateLike(Protocol):
    letter: str
    input: TermsLike
    memory: TermsLike
    remembered: float
    bias: float
    reset: float | None
    memory_bias: float
    total: float
    squash: str
    value: float


class FactorLike(Protocol):
    name: str
    value: float


class EquationLike(Protocol):
    letter: str
    products: Sequence[Sequence[FactorLike]]
    value: float


class GateTermsLike(Protocol):
    unit: UnitLike
    letter: str
    direction: str
    first: bool
    gates: Sequence[GateLike]
    equations: Sequence[EquationLike]
    value: float


class AttentionTermsLike(Protocol):
    unit: UnitLike
    content: np.ndarray
    distance: np.ndarray | None
    scores: np.ndarray
    query: np.ndarray | None
    keys: np.ndarray | None
    scale: float
    bias: float
    learned: bool
    bases: Sequence[tuple[int, int]]
    pattern: np.ndarray

    def top(self, n: int = 3) -> list[int]: ...

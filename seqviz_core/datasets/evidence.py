"""The Bayes ceiling where a sequence carries several sites: the odds of a law of sites against background alone.

A law draws k sites, each a motif, and places them in this order, every placement without overlap equally likely. With the
sites' widths summing to W there are C(n + k, k) placements, n = L - W, so the odds are the mean over choices of motifs of

    1 / C(n + k, k) * sum over placements of the product of P(site | motif) / P(site | background).

The sum alone is a recursion along the sequence; the weight depends on W, and 1 / C(n + k, k) = k * integral over t from 0
to 1 of t^n (1 - t)^(k - 1) dt turns it into one factor t per free letter. The integral is a Gauss-Laguerre sum in
-(L - mean W) log t, whose eight nodes leave an error below 1e-4 in the log odds of every choice of motifs that counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..motifs import Motif, scan

_NODES = 8  # of the integral; see the docstring
_CHUNK = 128  # sequences at a time: their tables stay in the cache


class SiteLaw(NamedTuple):
    """How sites come about.

    counts : chance of each number of sites.
    weights : chance of each motif, (M,) for every site or (K, M) site by site; where it sums to less than 1, the odds are
        those of the law together with an event that leaves out the other motifs.
    """

    counts: Mapping[int, float]
    weights: np.ndarray


def site_evidence(codes: np.ndarray, motifs: Sequence[Motif], laws: Sequence[SiteLaw], background: np.ndarray, *,
                  both_strands: bool) -> np.ndarray:
    """Return (N, laws) natural-log odds of each law against background alone, of codes (N, L)."""
    out = np.empty((len(codes), len(laws)))
    for start in range(0, len(codes), _CHUNK):
        part = codes[start:start + _CHUNK]
        ratios = [window_odds(m, part, background, both_strands=both_strands).T.copy() for m in motifs]  # (starts, N)
        for i, law in enumerate(laws):
            out[start:start + _CHUNK, i] = np.log(_odds(ratios, motifs, law, part.shape[1]))
    return out


def window_odds(motif: Motif, codes: np.ndarray, background: np.ndarray, *, both_strands: bool) -> np.ndarray:
    """Return (N, starts) P(window | motif) / P(window | background), the mean over the strands that are possible."""
    odds = np.exp2(scan(motif, codes, background=background).astype(np.float64))  # (N, strand, starts)
    return odds.mean(axis=1) if both_strands else odds[:, 0]


def pair_odds(first: np.ndarray, second: np.ndarray, offset: int) -> np.ndarray:
    """Return (N,) odds of two sites whose starts are `offset` apart, the mean over every place that holds both.

    first, second : (N, starts) of `window_odds`.
    """
    places = min(first.shape[1], second.shape[1] - offset)
    return (first[:, :places] * second[:, offset:offset + places]).mean(axis=1)


def gap_weights(first: int, second: int, width: int, gaps: np.ndarray) -> np.ndarray:
    """Return (first, second) W such that (a @ W * b).sum(1) is the mean over `gaps` of `pair_odds(a, b, width + gap)`.

    first, second : how many starts each of the two sites has. width : of the first site; gaps : bases between them.
    """
    weights = np.zeros((first, second))
    for gap in gaps:
        places = np.arange(min(first, second - width - gap))
        weights[places, places + width + gap] = 1 / (len(gaps) * len(places))
    return weights


def _odds(ratios: Sequence[np.ndarray], motifs: Sequence[Motif], law: SiteLaw, length: int) -> np.ndarray:
    """Return (N,) odds of a law."""
    most = max(law.counts)
    weights = np.broadcast_to(law.weights, (most, len(motifs)))
    alike = law.weights.ndim == 1
    tables = [_by_width(ratios, motifs, w) for w in (weights[:1] if alike else weights)]
    total = np.full(ratios[0].shape[1], law.counts.get(0, 0.0))
    for t, node_weight in _nodes(length, _mean_width(motifs, weights, law.counts)):
        scaled = [{width: t**-width * odds for width, odds in table.items()} for table in tables]  # t per base that is free
        ways = None
        for k in range(1, most + 1):
            ways = _one_site_more(ways, scaled[0 if alike else k - 1], length)
            total += law.counts.get(k, 0.0) * node_weight * k * t**length * (1 - t) ** (k - 1) * ways[-1]
    return total


def _by_width(ratios: Sequence[np.ndarray], motifs: Sequence[Motif], weights: np.ndarray) -> dict[int, np.ndarray]:
    """Return the weighted sum of the odds of all motifs of each width."""
    tables: dict[int, np.ndarray] = {}
    for ratio, motif, weight in zip(ratios, motifs, weights):
        if weight > 0:
            tables[motif.width] = tables.get(motif.width, 0) + weight * ratio
    return tables


def _one_site_more(ways: np.ndarray | None, table: Mapping[int, np.ndarray], length: int) -> np.ndarray:
    """Return (L + 1, N): the weight of all placements of one site more among the first bases; `ways` None is no site yet."""
    more = np.zeros((length + 1, next(iter(table.values())).shape[1]))
    for width, odds in table.items():
        more[width:] += odds if ways is None else odds * ways[:-width]
    return more.cumsum(axis=0)


def _mean_width(motifs: Sequence[Motif], weights: np.ndarray, counts: Mapping[int, float]) -> float:
    widths = weights @ [m.width for m in motifs] / np.maximum(weights.sum(axis=1), 1e-300)  # (K,)
    return sum(chance * widths[:k].sum() for k, chance in counts.items())


def _nodes(length: int, mean_width: float) -> Iterator[tuple[float, float]]:
    """Yield (t, weight) so that the weighted sum of f(t) is the integral of f from 0 to 1."""
    scale = length - mean_width + 1
    for s, weight in zip(*np.polynomial.laguerre.laggauss(_NODES)):
        t = np.exp(-s / scale)
        yield t, weight * np.exp(s) * t / scale

"""Shuffles that keep every dinucleotide: random Euler walks (Altschul & Erickson, Mol Biol Evol 1985, 2:526).

A sequence is a walk over its letters that uses each of its dinucleotides, an edge, once. Every walk from the same first
letter to the same last letter over the same edges is a shuffle. Such a walk is fixed by the order in which each letter's
edges are used; the last edges used, of all letters but the final one, must form a tree that leads to the final letter.
So: draw a tree (in proportion to the number of ways to pick its edges), put the other edges in random order, walk.
"""

from functools import cache
from itertools import product

import numpy as np

_SYMBOLS = 5  # A, C, G, T, unknown


def dinucleotide_shuffle(codes: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Return `n` shuffles of codes (L,), uint8 (n, L), each drawn uniformly from all that keep the dinucleotide counts.

    The first and the last base stay too, as they must. Unknown bases count as a fifth letter.
    """
    codes = np.asarray(codes, dtype=np.uint8)
    if len(codes) < 3:
        return np.tile(codes, (n, 1))
    rng = np.random.default_rng(seed)
    counts = np.bincount(codes[:-1] * _SYMBOLS + codes[1:], minlength=_SYMBOLS**2).reshape(_SYMBOLS, _SYMBOLS)
    trees = _draw_trees(counts, int(codes[-1]), n, rng)  # (n, letter)
    orders = [_edge_orders(counts[v], trees[:, v] if v != codes[-1] else None, n, rng).tolist() for v in range(_SYMBOLS)]
    walks = [_walk(int(codes[0]), len(codes), [order[i] for order in orders]) for i in range(n)]
    return np.array(walks, dtype=np.uint8).reshape(n, len(codes))


@cache
def _trees(root: int) -> np.ndarray:
    """All trees over the letters that lead to `root`: the letter each points to, (125, 5); the root points to itself."""
    choices = [[root] if v == root else [u for u in range(_SYMBOLS) if u != v] for v in range(_SYMBOLS)]
    maps = np.array(list(product(*choices)))  # (4^4, 5)
    end = maps
    for _ in range(_SYMBOLS):
        end = np.take_along_axis(maps, end, axis=1)
    return maps[(end == root).all(axis=1)]


def _draw_trees(counts: np.ndarray, root: int, n: int, rng: np.random.Generator) -> np.ndarray:
    ways = counts.astype(np.float64)
    ways[ways.sum(axis=1) == 0, root] = 1  # a letter that never occurs points to the root, in one way
    ways[root, root] = 1
    trees = _trees(root)
    weights = ways[np.arange(_SYMBOLS), trees].prod(axis=1)  # (125,) number of ways to pick the edges of a tree
    return trees[rng.choice(len(trees), size=n, p=weights / weights.sum())]


def _edge_orders(counts: np.ndarray, last: np.ndarray | None, n: int, rng: np.random.Generator) -> np.ndarray:
    """The letters that follow one letter, in random order, (n, number of edges); `last` (n,) at the end where given."""
    edges = np.tile(np.repeat(np.arange(_SYMBOLS), counts), (n, 1))
    if last is None or not edges.shape[1]:
        return rng.permuted(edges, axis=1)
    first_of = counts.cumsum() - counts  # where each letter starts among the edges
    edges[np.arange(n), first_of[last]] = edges[:, -1]
    return np.concatenate([rng.permuted(edges[:, :-1], axis=1), last[:, None]], axis=1)


def _walk(first: int, length: int, orders: list[list[int]]) -> list[int]:
    following = [iter(order) for order in orders]
    walk = [first]
    for _ in range(length - 1):
        walk.append(next(following[walk[-1]]))
    return walk

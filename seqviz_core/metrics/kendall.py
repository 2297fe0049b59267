"""Kendall's rank correlation: of all pairs, how many more are in the same order in both rankings than in the opposite one."""

import numpy as np

_AT_ONCE = 2_000  # values whose pairs fit in memory without trouble


def kendall_tau(x: np.ndarray, y: np.ndarray) -> float:
    """Return tau_b = (C - D) / sqrt((P - Tx) (P - Ty)) of x (n,) and y (n,), -1 to 1; nan where one of them is all ties.

    C, D : pairs in the same and in the opposite order; P : all pairs; Tx, Ty : pairs tied in x and in y (Kendall 1945).
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) > _AT_ONCE:
        raise ValueError(f"tau needs two equally long lists of at most {_AT_ONCE} numbers, not {x.shape} and {y.shape}")
    upper = np.triu_indices(len(x), 1)
    a, b = (np.sign(v[:, None] - v[None, :])[upper] for v in (x, y))
    both = float(np.abs(a).sum() * np.abs(b).sum())
    return float((a * b).sum() / both ** 0.5) if both else float("nan")


def tau_of_chance(x: np.ndarray, y: np.ndarray, share: float = 0.95, shuffles: int = 400, seed: int = 0) -> float:
    """Return what |tau_b| of x (n,) and y (n,) stays below in `share` of all orders of y, with its ties; nan as `kendall_tau`."""
    if not np.isfinite(kendall_tau(x, y)):
        return float("nan")
    rng = np.random.default_rng(seed)
    a, b = (np.sign(v[:, None] - v[None, :]) for v in (np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)))
    size, orders = float(np.abs(a).sum() * np.abs(b).sum()) ** 0.5, (rng.permutation(len(b)) for _ in range(shuffles))
    return float(np.quantile([abs((a * b[np.ix_(order, order)]).sum()) / size for order in orders], share))

"""The numbers behind every figure, as columns for a CSV file. Positions are 1-based and inclusive, as on the screen."""

from collections.abc import Mapping, Sequence

import numpy as np

from .architecture import LayerLike
from .kinds import HeatmapTrack, LineTrack, LogoTrack, SitesTrack, Track, span_of
from .prediction import Prediction
from .scene import Placed

Columns = dict[str, np.ndarray]


def tracks_table(sequence: str, tracks: Sequence[Track]) -> Columns:
    """Return one row a number: track, row, first_base, last_base (what the unit sees, cut at the ends), bases and value.

    A site has its name in `row`, its stretch, and +1 or -1, its strand, as the value.
    """
    parts = [_rows(sequence, track) for track in tracks]
    names = ("track", "row", "first_base", "last_base", "bases", "value")
    if not parts:
        return {name: np.array([]) for name in names}
    return {name: np.concatenate([part[k] for part in parts]) for k, name in enumerate(names)}


def scene_table(sequence: str, placed: Sequence[Placed]) -> Columns:
    """Return `tracks_table` of the tracks of a scene, with the model of each in front; "" where it belongs to none."""
    models = [np.full(len(_rows(sequence, p.track)[0]), p.model, dtype=object) for p in placed]
    return {"model": np.concatenate(models) if models else np.array([]), **tracks_table(sequence, [p.track for p in placed])}


def _rows(sequence: str, track: Track) -> tuple[np.ndarray, ...]:
    if isinstance(track, SitesTrack):
        start, end = np.array([[s.start, s.end] for s in track.sites], dtype=int).reshape(-1, 2).T
        values = np.array([1.0 if s.strand == "+" else -1.0 for s in track.sites])
        rows = np.array([s.name for s in track.sites], dtype=object)
        return _named(track.title, len(rows)), rows, start + 1, end, _bases(sequence, start, end), values
    values = np.atleast_2d(np.asarray(track.values))
    names = _row_names(track, len(values))
    stride, offset, width = span_of(track)
    start = np.clip(np.arange(values.shape[1]) * stride + offset, 0, len(sequence) - 1)
    end = np.clip(np.arange(values.shape[1]) * stride + offset + width, 1, len(sequence))
    repeat = len(values)
    return (_named(track.title or getattr(track, "symbol", ""), values.size), np.repeat(names, values.shape[1]),
            np.tile(start + 1, repeat), np.tile(end, repeat), np.tile(_bases(sequence, start, end), repeat), values.ravel())


def _named(name: str, n: int) -> np.ndarray:
    return np.full(n, name, dtype=object)


def _bases(sequence: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.array([sequence[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)], dtype=object)


def _row_names(track: LogoTrack | HeatmapTrack | LineTrack, n: int) -> np.ndarray:
    if isinstance(track, HeatmapTrack):
        names = [f"{track.rows} {k}" for k in range(n)] if isinstance(track.rows, str) else list(track.rows)
    else:
        names = list(track.names) if isinstance(track, LineTrack) and track.names else [""] * n
    return np.array(names, dtype=object)


def attention_table(pattern: np.ndarray, span: tuple[int, int, int] = (1, 0, 1)) -> Columns:
    """Return one row a cell of an attention pattern (query, key): the middle base of both positions and the value."""
    pattern = np.asarray(pattern)
    stride, offset, width = span
    middle = np.arange(max(pattern.shape)) * stride + offset + (width - 1) / 2 + 1
    return {"query_position": np.repeat(middle[: pattern.shape[0]], pattern.shape[1]),
            "key_position": np.tile(middle[: pattern.shape[1]], pattern.shape[0]), "attention": pattern.ravel()}


def training_table(epoch: np.ndarray, series: Mapping[str, np.ndarray]) -> Columns:
    """Return epoch and one column a series (E,)."""
    return {"epoch": np.asarray(epoch), **{name: np.asarray(values) for name, values in series.items()}}


def predictions_table(predictions: Sequence[Prediction]) -> Columns:
    """Return one row a model and class with its probability."""
    return {"model": np.array([p.model for p in predictions for _ in p.classes], dtype=object),
            "class": np.array([name for p in predictions for name in p.classes], dtype=object),
            "probability": np.array([float(v) for p in predictions for v in p.probabilities])}


def positions_table(starts: np.ndarray, length: int) -> Columns:
    """Return how many sites start at each position of sequences of `length` bases."""
    return {"position": np.arange(1, length + 1), "sites": np.bincount(np.asarray(starts, dtype=int), minlength=length)[:length]}


def scorecard_table(channels: Sequence[str], kinds: Sequence[str], columns: Sequence[str], per_cell: Mapping[str, np.ndarray],
                    per_column: Mapping[str, np.ndarray]) -> Columns:
    """Return one row a channel and motif: its figures `per_cell` (K, M), and those of the motif `per_column` (M,)."""
    k, m = len(channels), len(columns)
    named = {"channel": np.repeat(np.array(channels, dtype=object), m), "kind": np.repeat(np.array(kinds, dtype=object), m),
             "motif": np.tile(np.array(columns, dtype=object), k)}
    return named | {name: np.asarray(values).ravel() for name, values in per_cell.items()} | {
        name: np.tile(values, k) for name, values in per_column.items()}


def curves_table(curves: Mapping[str, tuple[np.ndarray, ...]], axes: Sequence[str]) -> Columns:
    """Return one row a point of each curve, in the columns "curve" and `axes`: such as false positive rate and threshold."""
    together = lambda parts: np.concatenate(list(parts)) if curves else np.array([])
    named = together(_named(name, len(curve[0])) for name, curve in curves.items())
    return {"curve": named} | {axis: together(curve[i] for curve in curves.values()) for i, axis in enumerate(axes)}


def layers_table(layers: Sequence[LayerLike]) -> Columns:
    """Return one row a layer of a model's diagram: what it does, its output's shape, parameters, and what a position sees."""
    number = lambda values: np.array(["" if v is None else v for v in values], dtype=object)
    return {"layer": np.array([layer.kind for layer in layers], dtype=object),
            "times": np.array([layer.times for layer in layers]),
            "shape": np.array([" x ".join(map(str, layer.shape)) for layer in layers], dtype=object),
            "parameters_each": np.array([layer.parameters for layer in layers]),
            "sees_bases": number(layer.sees for layer in layers), "stride_bases": number(layer.stride for layer in layers)}

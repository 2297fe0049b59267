"""Tracks as the viewer takes them: one JSON-able scene, drawn in the browser under one ruler.

    scene("ACGT...", [Placed(LogoTrack(...), "attribution:ism@cnn", kind="attribution", model="CNN", colour="#8a4fd0")])
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import SeqVizError
from .kinds import SiteMark, Track, check_track
from .packed import runs_of
from .palette import Theme, ThemeName, theme_of
from .scene_tracks import described, least_bin, legend_of, one_line


@dataclass(frozen=True, eq=False)
class Placed:
    """A track in its place on the screen.

    id : "<kind>:<detail>@<run>", unique in a scene. kind : the group it is moved and removed with.
    model, colour : the chip before its title, "" where it belongs to no model. says : one computed sentence on this very track.
    open : False where it is collapsed to its title. fixed : True where it can be neither moved nor removed.
    run, probe, rows : what a click on it names: the run, the probe, and the channel of each row drawn; "" where a click says
        no more than the base.
    """

    track: Track
    id: str
    kind: str
    model: str = ""
    colour: str = ""
    says: str = ""
    open: bool = True
    fixed: bool = False
    run: str = ""
    probe: str = ""
    rows: tuple[int, ...] = ()


def legends_once(placed: Iterable[Placed]) -> list[Placed]:
    """Return the tracks without the legends that an open track of the same kind above them has already given."""
    given, out = set(), []
    for p in placed:
        says = (p.kind, legend_of(p.track))
        out.append(replace(p, track=replace(p.track, legend="")) if says in given else p)
        if p.open:
            given.add(says)
    return out


def scene(sequence: str, placed: Sequence[Placed], *, changed: Sequence[bool] | None = None,
          deleted_before: Sequence[int] | None = None, reference: str = "", source: Sequence[int] | None = None,
          zoom: tuple[int, int] | None = None, strand: str = "+", theme: ThemeName | Theme = "light",
          bands: Iterable[SiteMark] = (), query: int | None = None, editable: bool = True, name: str = "",
          steps: tuple[int, int] | None = None, sees: tuple[int, int] | None = None) -> dict:
    """Return everything the viewer draws, as JSON takes it; raises SeqVizError where numbers do not fit the sequence.

    sequence : as read, on `strand`. changed, deleted_before, source : (L,), (L + 1,), (L,) of an `Alignment` with `reference`.
    zoom : first and last base in view (1-based), None: all. bands : stretches seen faintly through all tracks.
    sees : the bases (0-based, end excluded) bracketed under the letters, which a unit sees.
    query : the 0-based base that attention is asked about. steps : how many edits can be undone and redone; None: not known.
    """
    if not sequence:
        raise SeqVizError("There is no sequence to draw: it has no bases.")
    length, ids = len(sequence), [p.id for p in placed]
    if len(set(ids)) < len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise SeqVizError(f"Two tracks of one picture are called {twice!r}; each needs an id of its own.")
    _check_lengths(length, changed, deleted_before, source)
    for p in placed:
        check_track(p.track, length)
    least = least_bin(p.track for p in placed)
    return {
        "version": 1, "sequence": "".join(b if b in "ACGT" else "N" for b in sequence.upper()), "reference": reference.upper(),
        "name": one_line(name, 120), "strand": strand, "theme": theme_of(theme).name, "editable": bool(editable),
        "changed": [] if changed is None else np.flatnonzero(np.asarray(changed)).tolist(),
        "deleted": [] if deleted_before is None else _counts(deleted_before),
        "source": [] if source is None else runs_of(np.asarray(source)),
        "zoom": None if zoom is None else [int(zoom[0]), int(zoom[1])], "query": None if query is None else int(query),
        "sees": None if sees is None else [int(sees[0]), int(sees[1])],
        "steps": None if steps is None else [int(n) for n in steps],
        "bands": [[one_line(s.name, 40), s.start, s.end, s.strand] for s in bands],
        "tracks": [_placed(p, described(p.track, length, zoom, least)) for p in placed]}


def _placed(p: Placed, track: dict) -> dict:
    return {**track, "id": p.id, "kind": p.kind, "model": one_line(p.model, 40), "chip": p.colour,
            "says": one_line(p.says, 400), "open": bool(p.open), "fixed": bool(p.fixed), "run": p.run, "probe": p.probe,
            "channels": [int(row) for row in p.rows]}


def _counts(deleted_before: Sequence[int]) -> list[list[int]]:
    counts = np.asarray(deleted_before)
    return [[int(i), int(counts[i])] for i in np.flatnonzero(counts)]


def _check_lengths(length: int, changed: Sequence | None, deleted_before: Sequence | None, source: Sequence | None) -> None:
    for values, wanted in ((changed, length), (deleted_before, length + 1), (source, length)):
        if values is not None and len(values) != wanted:
            raise SeqVizError(f"What changed does not fit the sequence: {len(values)} values where {wanted} are needed.")

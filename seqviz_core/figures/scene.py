"""Tracks as the viewer takes them: one JSON-able scene, drawn in the browser under one ruler.

    scene("ACGT...", [Placed(LogoTrack(...), "attribution:ism@cnn", kind="attribution", model="CNN", colour="#8a4fd0")])
"""

from dataclasses import dataclass

from .kinds import Track


@dataclass(frozen=True, eq=False)
class Placed:
    """A track in its place on the screen.

    id : "<kind>:<detail>@<run>", unique in a scene. kind : the group it is moved and removed with.
    model, colour : the chip before its title, "" where it belongs to no model. says : one computed sentence on this very track.
    open : False where it is collapsed to its title. fixed : True where it can be neither moved nor removed.
    run, probe, rows : what a click on it names: the run, the probe, and the channel of each row drawn; "" where a click says no more
        than the base.
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

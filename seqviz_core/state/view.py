"""What the workbench shows: one frozen value."""

from dataclasses import dataclass
from typing import NamedTuple

from ..sequences import Edit, apply_edits, reverse_complement

KINDS = ("planted", "hits", "answer", "attribution", "reading", "feature_map", "gate", "attention")
"""The kinds of tracks there are, in the order they are drawn unless somebody moves them."""
AT_FIRST = tuple(kind for kind in KINDS if kind not in ("hits", "reading"))
LAYERS = ("edited", "reference", "difference")
STRANDS = ("+", "-")


class Unit(NamedTuple):
    """One unit of a model that somebody clicked: `probe` is its probe's name, `row` its channel, `position` its index."""

    run: str
    probe: str
    row: int
    position: int


@dataclass(frozen=True)
class ViewState:
    """What is on the screen.

    reference, name : the sequence before any edit, and its name (which may state planted sites).
    token, row : of saved sequences (see `seqviz_core.saved`), which are too many or too long for an address, and which of them
        this is; "" where the address holds the sequence itself.
    steps, undone : the edits made, and those taken back (the last one first); the address does not keep the latter.
    models : run ids on the ruler, in order; empty: the shipped models. focus : the one that is looked into; "": the first.
    inside : "focus", or "every" where feature maps, gates and attention of all models are drawn.
    tracks : kinds in the order drawn. closed : ids of collapsed tracks.
    target : the class explained; "": the likeliest. layer : one of LAYERS. strand : which one the models read.
    zoom : first and last base in view (1-based), None: all. unit : what the arithmetic is shown of.
    hits : where known motifs come from: "jaspar", "task" or the token of an uploaded file.
    tool, asked : which tool of the Experiments or Trust page is open, "" the first; those of its settings that
        are not as at first, as text.
    """

    reference: str = ""
    name: str = ""
    token: str = ""
    row: int = 0
    steps: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()
    models: tuple[str, ...] = ()
    focus: str = ""
    inside: str = "focus"
    tracks: tuple[str, ...] = AT_FIRST
    closed: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("ism",)
    corrected: bool = False
    target: str = ""
    layer: str = "edited"
    strand: str = "+"
    zoom: tuple[int, int] | None = None
    map_layer: str = ""
    every_row: bool = False
    direction: str = ""
    cell: int | None = None
    head: str = ""
    query: int | None = None
    hits: str = "task"
    unit: Unit | None = None
    tool: str = ""
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def sequence(self) -> str:
        """The sequence with its edits, on the forward strand."""
        return apply_edits(self.reference, self.steps)

    @property
    def read(self) -> str:
        """The sequence the models read: the edited one, on the strand in view."""
        return self.sequence if self.strand == "+" else reverse_complement(self.sequence)


FIRST = ViewState()

"""JASPAR CORE vertebrates, bundled: motifs by versioned id, with release, licence and citation.

scripts/make_jaspar.py makes the data file.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ..errors import SeqVizError
from .motif import Motif, unpack
from .splice import SPLICE_MOTIFS

DATA = Path(__file__).parent / "data" / "jaspar_core_vertebrates.npz"


@dataclass(frozen=True)
class JasparRelease:
    """Where the bundled motifs come from."""

    release: str
    n_motifs: int
    licence: str
    citation: str
    source: str


@cache
def jaspar() -> Mapping[str, Motif]:
    """Return the bundled JASPAR motifs by versioned id ("MA0139.2"), in the order of their ids; a read-only mapping."""
    with np.load(DATA, allow_pickle=False) as data:
        columns = (data[key].tolist() for key in ("ids", "names", "widths"))
        motifs = unpack(*columns, data["counts"].astype(np.float64))
    return MappingProxyType({motif.id: motif for motif in motifs})


@cache
def jaspar_release() -> JasparRelease:
    """Return the release, the number of motifs, the licence and the citation of the bundled JASPAR motifs."""
    with np.load(DATA, allow_pickle=False) as data:
        texts = {key: str(data[key]) for key in ("release", "licence", "citation", "source")}
        return JasparRelease(n_motifs=len(data["ids"]), **texts)


def find_motif(id: str) -> Motif:
    """Return the JASPAR motif with this versioned id ("MA0139.2"), or the splice site of that id (see splice.py).

    Raises SeqVizError for anything else, a factor's name included (several species and variants share one), and says
    which ids were meant: those that carry the name, another version of the same matrix, or the closest in spelling.
    """
    library, wanted = jaspar(), id.strip()
    if wanted in SPLICE_MOTIFS:
        return SPLICE_MOTIFS[wanted]
    if wanted in library:
        return library[wanted]
    named = [m.id for m in library.values() if m.name.upper() == wanted.upper()]
    if named:
        raise SeqVizError(f"{id!r} is a name, and a name is not enough to tell a motif; in {jaspar_release().release} it stands "
                          f"for {', '.join(named)}.")
    raise SeqVizError(f"There is no motif {id!r} in {jaspar_release().release} (CORE vertebrates).{_hint(wanted, library)}")


def _hint(wanted: str, library: Mapping[str, Motif]) -> str:
    base = wanted.upper().split(".")[0]
    versions = [motif_id for motif_id in library if motif_id.split(".")[0] == base]
    if versions:
        return f" It has {base} as {versions[0]} ({library[versions[0]].name})."
    spelled = {motif.name.upper(): motif.id for motif in library.values()} | {motif_id: motif_id for motif_id in library}
    close = difflib.get_close_matches(wanted.upper(), spelled, n=1, cutoff=0.75)
    if not close:
        return " Motifs are named by id and version, such as MA0139.2."
    found = library[spelled[close[0]]]
    return f" Did you mean {found.id} ({found.name})?"

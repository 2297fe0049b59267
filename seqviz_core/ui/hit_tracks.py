"""Known motifs on the sequence: which ones are looked for, the track of their hits, and what it says. No Streamlit."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ..datasets import Site, Task
from ..figures.kinds import SiteMark, SitesTrack
from ..motifs import Hits, Motif, hits, jaspar, jaspar_release, read_motifs
from ..saved import load
from .sentences import listed

HIT_P = 1e-4
LANES = 2
QUESTION = "Where do known motifs match?"
SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


class Known(NamedTuple):
    """Motifs to look for, and how a sentence names them."""

    label: str
    motifs: tuple[Motif, ...]


def known_motifs(source: str, task: Task) -> Known:
    """Return the motifs of a source: "task" (those the task plants), "jaspar", or the token of an uploaded file.

    Raises SeqVizError for a token that is not kept here any more.
    """
    if source == "task":
        return Known(f"{len(task.motifs)} motifs of {task.label}", tuple(task.motifs))
    if source == "jaspar":
        release = jaspar_release()
        return Known(f"{release.n_motifs:,} motifs of {release.release}", tuple(jaspar().values()))
    motifs = _uploaded(source)
    return Known(f"{len(motifs):,} uploaded motif{'s' if len(motifs) > 1 else ''}", motifs)


@lru_cache(maxsize=16)
def _uploaded(token: str) -> tuple[Motif, ...]:
    return tuple(read_motifs(load(token)))


def hits_of(sequence: str, known: Known, limit: int = 12) -> Hits:
    """Return the hits in a sequence of any length; at most 12, and one more for each 25 bases beyond 300."""
    return hits(sequence, known.motifs, p=HIT_P, limit=max(limit, limit + (len(sequence) - 300) // 25))


def hits_track(found: Hits, known: Known) -> SitesTrack:
    """Return the hits as arrows that carry their logos; the legend says what was searched, and what chance gives."""
    marks = [SiteMark(h.motif.name, h.start, h.end, h.strand, h.logo) for h in found.best]
    shown = f"{found.found}" if len(marks) == found.found else f"the best {len(marks)} of {found.found}, without repeats"
    legend = (f"{known.label}, p up to {scientific(found.p)} at a place: {shown}; chance gives {_few(found.expected)}. "
              "Arrows point left on the reverse strand.")
    return SitesTrack(QUESTION, marks, legend, LANES, _nothing(found, known), logos=True)


def _nothing(found: Hits, known: Known) -> str:
    if not known.motifs:
        return "No motifs are known for this task. Choose JASPAR, or upload your own."
    return (f"No place matches one of the {known.label} with p up to {scientific(found.p)}; in a random sequence of this length "
            f"chance gives {_few(found.expected)}.")


def hits_say(found: Hits, sites: Sequence[Site]) -> str:
    """Return the best hit and how many planted sites lie under one by more than half, in one sentence; "" without a hit."""
    if not found.best:
        return ""
    best = found.best[0]
    text = (f"Best match: {best.motif.name} at {best.start + 1:,} to {best.end:,}, {_strand(best.strand)} "
            f"(p {scientific(best.p)})")
    if not sites:
        return f"{text}."
    under = [s for s in sites if any(2 * (min(h.end, s.end) - max(h.start, s.start)) > s.end - s.start for h in found.best)]
    missed = list(dict.fromkeys(s.motif.name for s in sites if s not in under))
    text += f"; {len(under)} of {len(sites)} planted site{'s lie' if len(sites) > 1 else ' lies'} under a match"
    return f"{text}, not {listed(missed)}." if missed else f"{text}."


def _strand(strand: str) -> str:
    return "forward strand" if strand == "+" else "reverse strand"


def scientific(p: float) -> str:
    """Return a small number as "0.0012" or "1.5 x 10^-5" with real superscripts; two figures."""
    if p >= 1e-3 or p <= 0:
        return f"{p:.2g}"
    figures, power = f"{p:.1e}".split("e")
    return f"{figures.removesuffix('.0')}\u2009\u00d7\u200910{str(int(power)).translate(SUPERSCRIPTS)}"


def _few(expected: float) -> str:
    return f"{expected:.0f}" if expected >= 9.5 else f"{expected:.1g}"

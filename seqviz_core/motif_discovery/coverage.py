"""Which of the planted motifs the filters found, missed or share between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..motifs import Match, Motif

GOOD_MATCH = 0.8
"""Match score (column-wise Pearson correlation) from which a filter is said to have found a motif."""


@dataclass(frozen=True)
class Coverage:
    """found : the motif's name -> indices into the list of filters that match it, best first; missed : names.

    Where two of the planted motifs share a name, each is named with its id: "CTCF (MA0139.2)".
    extra : indices of filters that fire but match nothing planted; silent : indices of filters that never fire.
    """

    found: dict[str, tuple[int, ...]]
    missed: tuple[str, ...]
    extra: tuple[int, ...]
    silent: tuple[int, ...]

    @property
    def split(self) -> dict[str, tuple[int, ...]]:
        """The motifs that more than one filter found."""
        return {name: filters for name, filters in self.found.items() if len(filters) > 1}


def coverage(matches: Sequence[Match | None], motifs: Sequence[Motif], good: float = GOOD_MATCH) -> Coverage:
    """Return how the planted `motifs` are covered, given each filter's best match among them (None: it never fires)."""
    by_motif: dict[str, list[int]] = {}
    for index, match in enumerate(matches):
        if match is not None and match.score >= good:
            by_motif.setdefault(match.target.id, []).append(index)
    found = {_name(m, motifs): tuple(sorted(by_motif[m.id], key=lambda i: -matches[i].score)) for m in motifs if m.id in by_motif}
    return Coverage(found, tuple(_name(m, motifs) for m in motifs if m.id not in by_motif),
                    tuple(i for i, match in enumerate(matches) if match is not None and match.score < good),
                    tuple(i for i, match in enumerate(matches) if match is None))


def _name(motif: Motif, among: Sequence[Motif]) -> str:
    shared = sum(other.name == motif.name for other in among) > 1
    return f"{motif.name} ({motif.id})" if shared else motif.name

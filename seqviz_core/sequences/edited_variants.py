"""The edits that lie on a sequence, as variants of what it was before."""

from .edits import Alignment
from .variants import Variant


def edited_variants(reference: str, edited: str, alignment: Alignment) -> list[Variant]:
    """Return the variants that make `edited` of `reference`, one for each stretch that differs, by how one lies on the other.

    Edits that touch are one variant; made from the last to the first, the variants give the edited sequence.
    """
    found, here, there, i = [], 0, 0, 0  # bases of the reference and of the edited sequence that are accounted for
    source = alignment.source.tolist()
    for i in range(len(edited) + 1):
        same = i < len(edited) and source[i] >= 0 and not alignment.changed[i]
        if not same and i < len(edited):
            continue
        place = source[i] if same else len(reference)
        if reference[here:place] != edited[there:i]:  # a base put in where the same was taken out is no change
            found.append(Variant(here, reference[here:place], edited[there:i]))
        here, there = place + 1, i + 1
    return found

"""Edits as variants: by hand, and random edits that the variants make again."""

import numpy as np

from seqviz_core.sequences import Edit, align, apply_edits
from seqviz_core.sequences.edited_variants import edited_variants
from seqviz_core.sequences.variants import apply_variant, written

REFERENCE = "ACGTACGTACGT"


def found(edits):
    return edited_variants(REFERENCE, apply_edits(REFERENCE, edits), align(REFERENCE, edits))


def test_by_hand():
    assert [written(v) for v in found([Edit(3, 1, "A"), Edit(8, 2, ""), Edit(0, 0, "TT")])] == ["0_1insTT", "4T>A", "9_10del"]
    assert found([]) == [] and found([Edit(3, 1, "A"), Edit(3, 1, "T")]) == []
    assert [written(v) for v in found([Edit(11, 1, ""), Edit(11, 0, "GG")])] == ["12delinsGG"]


def test_made_from_the_last_to_the_first_they_give_the_edited_sequence():
    rng = np.random.default_rng(0)
    for _ in range(300):
        edits, length = [], len(REFERENCE)
        for _ in range(rng.integers(1, 5)):
            start = int(rng.integers(0, length + 1))
            deleted = int(rng.integers(0, min(3, length - start) + 1))
            inserted = "".join(rng.choice(list("ACGT"), rng.integers(0, 3)))
            if length - deleted + len(inserted) > 0:
                edits.append(Edit(start, deleted, inserted))
                length += len(inserted) - deleted
        edited = REFERENCE
        for variant in reversed(found(edits)):
            edited = apply_variant(edited, variant)
        assert edited == apply_edits(REFERENCE, edits)

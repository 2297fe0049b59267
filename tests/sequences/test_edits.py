"""Edits: hand-made cases, and the identities that hold for any: undone is undone, kept bases are the reference's."""

import random

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import Edit, align, apply_edit, apply_edits, read_edits, write_edits

REFERENCE = "ACGTACGTAC"


@pytest.mark.parametrize("edit, expected", [
    (Edit(0, 1, "T"), "TCGTACGTAC"), (Edit(10, 0, "GG"), "ACGTACGTACGG"), (Edit(2, 3, ""), "ACCGTAC"),
    (Edit(4, 2, "TTTT"), "ACGTTTTTGTAC")])
def test_one_edit(edit, expected):
    assert apply_edit(REFERENCE, edit) == expected


@pytest.mark.parametrize("edit, sentence", [
    (Edit(-1, 1, "A"), "no bases 0 to 0"), (Edit(9, 2, "A"), "no bases 10 to 11 in a sequence of 10"),
    (Edit(11, 0, "A"), "10 bases"),
    (Edit(0, 1, "X"), "'X' cannot be put"), (Edit(0, 1, "a"), "use A, C, G, T or N"), (Edit(0, 10, ""), "at least one"),
    (Edit(3, -2, "A"), "no bases")])
def test_an_edit_that_cannot_be_is_said(edit, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        apply_edit(REFERENCE, edit)


def test_edits_are_counted_one_after_the_other():
    assert apply_edits("AAAA", [Edit(0, 0, "CC"), Edit(2, 1, "G")]) == "CCGAAA"


def test_where_bases_come_from_by_hand():
    substituted = align("ACGT", [Edit(1, 1, "G")])
    assert substituted.source.tolist() == [0, 1, 2, 3] and substituted.changed.tolist() == [False, True, False, False]
    inserted = align("ACGT", [Edit(2, 0, "TT")])
    assert inserted.source.tolist() == [0, 1, -1, -1, 2, 3] and not inserted.deleted_before.any()
    deleted = align("ACGT", [Edit(1, 2, "")])
    assert deleted.source.tolist() == [0, 3] and deleted.deleted_before.tolist() == [0, 2, 0] and not deleted.changed.any()
    assert align("ACGT", [Edit(3, 1, "")]).deleted_before.tolist() == [0, 0, 0, 1]


def random_edits(rng: random.Random, length: int, n: int) -> list[Edit]:
    edits = []
    for _ in range(n):
        start = rng.randint(0, length - 1)
        deleted, inserted = rng.randint(0, min(3, length - start - 1)), "".join(rng.choices("ACGTN", k=rng.randint(1, 3)))
        edits.append(Edit(start, deleted, inserted))
        length += len(inserted) - deleted
    return edits


@pytest.mark.parametrize("seed", range(30))
def test_every_kept_base_is_the_references_and_every_missing_one_is_counted(seed):
    rng = random.Random(seed)
    reference = "".join(rng.choices("ACGT", k=40))
    edits = random_edits(rng, 40, 8)
    edited, found = apply_edits(reference, edits), align(reference, edits)
    kept = found.source >= 0
    assert len(found.source) == len(edited) and (np.diff(found.source[kept]) > 0).all()
    assert all(edited[i] == reference[found.source[i]] for i in np.flatnonzero(~found.changed))
    assert all(found.changed[i] for i in range(len(edited)) if not kept[i])
    assert kept.sum() + found.deleted_before.sum() == len(reference)
    assert read_edits(write_edits(edits)) == tuple(edits)


@pytest.mark.parametrize("text", ["1-1", "a-1-G", "1-1-g", "1-1-G_", "0-1-G" * 3, "1-1-G;2-1-A", "-1-1-G"])
def test_other_text_is_no_list_of_edits(text):
    with pytest.raises(SeqVizError, match="start-deleted-inserted"):
        read_edits(text)

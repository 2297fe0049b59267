"""Difference layers by hand: which column stands where, what an insertion leaves, and the other strand."""

import numpy as np

from seqviz_core.experiments.differences import attention_difference, difference, reference_columns, reversed_alignment
from seqviz_core.models import Span, record
from seqviz_core.sequences import Edit, align, apply_edits, one_hot_encode, reverse_complement
from seqviz_core.training import find_run

REFERENCE = "ACGTACGTAC"
SUBSTITUTED, INSERTED = [Edit(3, 1, "A")], [Edit(4, 0, "GG")]


def test_without_insertions_every_column_is_its_own_counterpart():
    for span, n in ((Span(), 10), (Span(1, -3, 7), 10), (Span(4, -5, 11), 3)):
        assert reference_columns(span, n, n, align(REFERENCE, SUBSTITUTED)).tolist() == list(range(n))


def test_behind_an_insertion_columns_are_shifted_and_inserted_bases_have_none():
    alignment = align(REFERENCE, INSERTED)
    assert reference_columns(Span(), 12, 10, alignment).tolist() == [0, 1, 2, 3, -1, -1, 4, 5, 6, 7, 8, 9]
    edited, reference = np.arange(12.0), np.arange(10.0)
    assert difference(edited, reference, Span(), alignment).tolist() == [0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2]
    wide = reference_columns(Span(2, 0, 2), 6, 5, alignment)  # bases 0-1, 2-3, 4-5 (inserted), 6-7, 8-9, 10-11
    assert wide.tolist() == [0, 1, -1, 2, 3, 4]


def test_an_undone_edit_changes_nothing_and_a_real_one_only_where_it_is_seen():
    import torch

    model = find_run("cnn").load_model()
    there, back = [Edit(4, 0, "GG")], [Edit(4, 0, "GG"), Edit(4, 2, "")]
    maps = {}
    for name, edits in (("reference", []), ("there", there), ("back", back)):
        trace = record(model, torch.from_numpy(one_hot_encode([apply_edits(REFERENCE * 6, edits)])))
        maps[name] = trace[model.first_map]
    span = maps["there"].span
    change = difference(maps["there"].value[0].numpy(), maps["reference"].value[0].numpy(), span, align(REFERENCE * 6, there))
    seen = np.abs(change).max(0) > 1e-6
    middles = np.arange(change.shape[1]) * span.stride + span.offset + (span.width - 1) / 2
    assert seen.any() and (np.abs(middles[seen] - 4.5) <= span.width / 2 + 2).all()
    same = difference(maps["back"].value[0].numpy(), maps["reference"].value[0].numpy(), span, align(REFERENCE * 6, back))
    assert not same.any()


def test_attention_changes_on_both_axes():
    alignment = align("ACG", [Edit(1, 0, "T")])
    reference, edited = np.arange(9.0).reshape(3, 3), np.ones((4, 4))
    change = attention_difference(edited, reference, Span(), alignment)
    assert change[1].tolist() == [0] * 4 and change[:, 1].tolist() == [0] * 4
    assert change[np.ix_([0, 2, 3], [0, 2, 3])].tolist() == (1 - reference).tolist()


def test_the_other_strand_is_aligned_as_if_it_had_been_edited_there():
    edits = [Edit(2, 3, "T"), Edit(6, 0, "AC")]
    turned = reversed_alignment(align(REFERENCE, edits), len(REFERENCE))
    read, before = reverse_complement(apply_edits(REFERENCE, edits)), reverse_complement(REFERENCE)
    kept = turned.source >= 0
    same = np.array(list(read))[kept] == np.array(list(before))[turned.source[kept]]
    assert (same == ~turned.changed[kept]).all() and turned.changed[~kept].all()
    assert turned.deleted_before.sum() + kept.sum() == len(REFERENCE)

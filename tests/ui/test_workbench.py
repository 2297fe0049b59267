"""Sites follow the edits and the strand; a view explains the class in view in every model that has it."""

import numpy as np
from app_pages import quick_run

from seqviz_core.datasets import Site
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import Edit, align, apply_edits, reverse_complement
from seqviz_core.ui.workbench import Read, moved_sites, turned

GATA2 = find_motif("MA0036.4")
REFERENCE = "ACGTACGTAC" + "CTTATCT" + "ACGTACG"
SITE = Site(GATA2, 10, 17, "-")


def moved(*edits: Edit) -> list[Site]:
    return moved_sites([SITE], align(REFERENCE, edits))


def test_sites_move_with_insertions_and_deletions_before_them():
    assert moved(Edit(0, 0, "GGG")) == [SITE._replace(start=13, end=20)]
    assert moved(Edit(3, 4, "")) == [SITE._replace(start=6, end=13)]
    assert moved(Edit(20, 2, "TTTT")) == [SITE]


def test_an_edited_site_stays_where_any_of_its_bases_is_and_a_deleted_one_goes():
    assert moved(Edit(12, 1, "A")) == [SITE]  # another letter in the same place
    assert moved(Edit(12, 0, "AA")) == [SITE._replace(end=19)]
    assert moved(Edit(10, 3, "")) == [SITE._replace(end=14)]
    assert moved(Edit(9, 9, "")) == []


def test_the_other_strand_holds_the_same_bases_of_a_site_and_turning_twice_is_nothing():
    read = Read(REFERENCE, (SITE, Site(GATA2, 2, 5, "+")))
    other = turned(read)
    assert other.sequence == reverse_complement(REFERENCE)
    assert [(s.start, s.end, s.strand) for s in other.sites] == [(19, 22, "-"), (7, 14, "+")]
    assert other.sequence[7:14] == reverse_complement(REFERENCE[10:17]) and turned(other) == read


def test_a_moved_site_covers_the_bases_it_was_planted_in():
    rng = np.random.default_rng(0)
    for _ in range(50):
        edits = [Edit(int(rng.integers(0, 20)), int(rng.integers(0, 3)), "A" * int(rng.integers(0, 3))) for _ in range(3)]
        alignment = align(REFERENCE, edits)
        for site in moved_sites([SITE], alignment):
            inside = alignment.source[site.start:site.end]
            kept = inside[inside >= 0]
            assert ((kept >= SITE.start) & (kept < SITE.end)).all()
            assert site.end <= len(apply_edits(REFERENCE, edits))


def test_two_runs_of_one_kind_on_the_ruler_are_told_apart():
    import streamlit as st

    from seqviz_core.state import ViewState
    from seqviz_core.ui.cached import load
    from seqviz_core.ui.workbench import model_name, short_name

    runs = [quick_run("cnn"), quick_run("cnn", {"filters": 8}), quick_run("mlp")]
    st.session_state["view"] = ViewState(models=tuple(runs))
    assert model_name(load(runs[0])) == f"your CNN (One motif, {runs[0][:6]})"  # the same seed, so the id
    assert short_name(load(runs[1])) == f"your CNN {runs[1][:6]}"
    assert model_name(load(runs[2])) == "your Fully connected (One motif)"
    st.session_state["view"] = ViewState(models=tuple(runs[:1]))
    assert model_name(load(runs[0])) == "your CNN (One motif)"
    del st.session_state["view"]

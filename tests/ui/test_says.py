"""The sentences on tracks, against values made by hand."""

import numpy as np
import pytest

from seqviz_core.datasets import Site
from seqviz_core.experiments import Knockout
from seqviz_core.models import Span
from seqviz_core.motifs import find_motif
from seqviz_core.ui import says

SITES = [Site(find_motif("MA0036.4"), 4, 6, "+")]


def test_attribution_says_its_strongest_base_and_its_share_on_the_sites():
    values = np.array([0, 0, 1, 0, 3, -4, 0, 0], dtype=float)
    assert says.of_attribution(values, "ACGTACGT", SITES) == (
        "Strongest: C at 6 (-4.00 logits); 88% of its size lies on the planted sites, which are 25% of the bases.")
    assert says.of_attribution(values, "ACGTACGT", []) == "Strongest: C at 6 (-4.00 logits)."
    assert says.of_attribution(np.zeros(3), "ACG", []) == "Nothing changes it."


def test_a_map_says_what_the_strongest_position_sees():
    values = np.array([0.0, 5.0, 1.0])
    assert says.of_map("filter 3 GATA2", values, Span(2, 0, 3), 8, SITES) == (
        "Filter 3 GATA2 fires strongest at 3 to 5, on the planted GATA2 site.")
    assert says.of_map("channel 0", np.zeros(3), Span(), 8, SITES) == "Channel 0 is silent here."
    assert says.of_map("channel 0", -values, Span(), 8, [], changed=True) == "Channel 0 changes most at base 2."


def test_a_knockout_says_both_logits():
    knockout = Knockout(filter=1, start=0, end=5, logit=3.14, logit_without=0.42, called_without=0)
    assert says.of_knockout(knockout, "GATA2") == "Without it the logit of GATA2 falls from 3.1 to 0.4."


def test_memory_and_attention_say_where():
    states = np.array([[0, 0, 1, 1.0], [0, 0, 1, 1.0]])
    assert says.of_memory("c", states, Span(2, 0, 2), 8, SITES, False) == (
        "What is remembered (c) changes most at 5 to 6, on the planted GATA2 site.")
    assert says.of_attention(np.array([0.1, 0.2, 0.6, 0.1]), Span(2, 0, 2), 8, SITES, False) == (
        "Looked at most: 5 to 6 (share 0.6; even attention would be 0.25), on the planted GATA2 site.")
    assert "(-0.30)" in says.of_attention(np.array([0.1, -0.3]), Span(), 2, [], True)


def test_reading_says_the_base_that_gains_most():
    assert says.of_reading(np.array([[0.0, 0.5, 3.5, 3.0], [0, 0, 0, 0]])) == "The prefix gains most by base 3 (0.50 to 3.50)."
    assert says.of_reading(np.zeros((2, 1))) == ""


@pytest.mark.parametrize("changed, sentence", [(False, "Likeliest: donor at base 3 (0.90)."),
                                               (True, "Changes most: donor at base 3 (+0.90).")])
def test_an_answer_per_base_leaves_background_out(changed, sentence):
    p = np.array([[1, 1, 0.1, 1], [0, 0, 0.9, 0], [0, 0.2, 0, 0]])
    assert says.of_answer(p, ("background", "donor", "acceptor"), changed) == sentence

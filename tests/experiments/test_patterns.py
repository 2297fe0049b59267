"""Sites of any strength, and typed IUPAC."""

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.patterns import CONSENSUS, draw_sites, iupac_motif, mean_bits, shuffled_sites
from seqviz_core.motifs import find_motif, sample_sites
from seqviz_core.sequences import decode

MOTIF = find_motif("MA0139.2")


def test_the_strongest_is_the_consensus():
    assert set(decode(draw_sites(MOTIF, 20, 0, CONSENSUS))) == {MOTIF.consensus}


def test_strength_one_draws_what_a_generator_plants():
    ours = draw_sites(MOTIF, 20_000, 1)
    share = lambda sites: np.stack([(sites == base).mean(axis=0) for base in range(4)])
    np.testing.assert_allclose(share(ours), MOTIF.ppm(), atol=0.015)
    np.testing.assert_allclose(share(ours), share(sample_sites(MOTIF, 20_000, np.random.default_rng(1))), atol=0.02)


def test_strength_zero_is_any_base_and_more_matches_better():
    share = (draw_sites(MOTIF, 8_000, 2, 0.0) == 0).mean()
    assert share == pytest.approx(0.25, abs=0.01)
    bits = [mean_bits(MOTIF, draw_sites(MOTIF, 500, 3, s)) for s in (0, 0.5, 1, 2, CONSENSUS)]
    assert (np.diff(bits) > 0).all() and bits[-1] == pytest.approx(MOTIF.pwm().max(axis=0).sum(), abs=1e-3)


def test_iupac_letters_stand_for_their_bases():
    made = decode(draw_sites(iupac_motif(" tgaSt ca\n"), 400, 0, CONSENSUS))
    assert set(made) == {"TGACTCA", "TGAGTCA"} and 120 < made.count("TGACTCA") < 280
    assert iupac_motif("acgu").consensus == "ACGT" and iupac_motif("acgu").name == "ACGU"
    assert set("".join(decode(draw_sites(iupac_motif("N"), 200, 0, CONSENSUS)))) == set("ACGT")


@pytest.mark.parametrize("text, sentence", [
    ("TGAXTCA", "letter 4: 'X' is not a base"), ("  ", "No pattern is typed"), ("A" * 201, "201 letters; at most 200"),
    ("ACG-T", "letter 4: '-'")])
def test_what_is_no_pattern_is_told(text, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        iupac_motif(text)


def test_shuffled_sites_have_the_same_letters():
    sites = draw_sites(MOTIF, 50, 4)
    mixed = shuffled_sites(sites, 0)
    np.testing.assert_array_equal(np.sort(sites, axis=1), np.sort(mixed, axis=1))
    assert (sites != mixed).any(axis=1).mean() > 0.9

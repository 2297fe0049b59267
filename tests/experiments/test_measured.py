"""Agreement with measurements: Spearman as scipy has it, the null of turned measurements by hand, and what is said of them."""

import gzip

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.published import EXPERIMENTS, Budget
from benchmarks.published.a28_mpra import FILE
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.measured import Agreement, agreement, conclude, spearman
from seqviz_core.sequences.variants import Variant

RNG = np.random.default_rng(5)
VARIANTS = [Variant(i, "A", alt) for i in range(40) for alt in "CGT"]


def test_spearman_is_scipys():
    for decimals in (0, 6):  # with ties and without
        one, other = RNG.normal(size=(2, 50)).round(decimals)
        assert spearman(one, other) == pytest.approx(spearmanr(one, other)[0])
    assert spearman(np.arange(4.0), np.array([1.0, 10, 100, 1e9])) == pytest.approx(1)
    assert spearman(np.arange(4.0), np.ones(4)) == 0


def test_the_null_is_the_measurements_turned():
    predicted, measured = RNG.normal(size=(2, 120))
    found = agreement(VARIANTS, predicted, measured)
    assert found.n == 120 and found.spearman == pytest.approx(spearmanr(predicted, measured)[0])
    assert found.sizes == pytest.approx(spearmanr(np.abs(predicted), np.abs(measured))[0])
    assert len(found.null) == 109  # turns by 6 to 114
    assert found.null[0] == pytest.approx(spearmanr(predicted, np.roll(measured, 6))[0])
    mixed = RNG.permutation(120)
    again = agreement([VARIANTS[i] for i in mixed], predicted[mixed], measured[mixed])
    assert again.spearman == pytest.approx(found.spearman) and again.null == pytest.approx(found.null)


def test_smooth_values_have_a_wider_null_than_shuffled_ones():
    smooth = lambda: np.repeat(np.convolve(RNG.normal(size=59), np.ones(20), "valid"), 3)
    widths = [np.ptp(np.quantile(agreement(VARIANTS, smooth(), smooth()).null, [0.025, 0.975])) for _ in range(20)]
    assert np.mean(widths) > 2 * 2 * 1.96 / np.sqrt(119)  # shuffled single values stay within 1.96 / sqrt(n - 1)


def test_what_cannot_be_predicted_is_left_out():
    predicted = np.arange(120.0)
    predicted[:5] = np.nan
    assert agreement(VARIANTS, predicted, np.arange(120.0)).n == 115
    with pytest.raises(SeqVizError, match="2 variants have a predicted and a measured effect; a rank correlation needs"):
        agreement(VARIANTS[:2], np.zeros(2), np.zeros(2))
    with pytest.raises(SeqVizError, match="^1 variant has a predicted"):
        agreement(VARIANTS[:1], np.zeros(1), np.zeros(1))


def test_the_conclusion_says_how_it_stands_to_the_null():
    null = np.linspace(-0.2, 0.2, 401)
    text = conclude({"CNN": Agreement(900, 0.31, 0.1, null), "LSTM": Agreement(900, 0.1, 0.1, null),
                     "Attention": Agreement(900, -0.5, 0.1, null)}, "SP1")
    assert "CNN: Spearman 0.31 between its change of the logit of SP1 and 900 measured effects, more than" in text
    assert "LSTM: Spearman 0.10" in text and "no more than chance: the same measurements" in text
    assert "Attention: Spearman \u22120.50" in text
    assert "lower than the same measurements turned along the sequence give" in text and "\u22120.19 to 0.19" in text


def test_the_published_benchmark_reads_its_table(tmp_path):
    rows = "".join(f"1\t{500 + i}\t{ref}\t{alt}\t{(i % 7) / 10 - 0.3}\tLDLR\n" for i, ref in enumerate("ACGT" * 30)
                   for alt in "ACGT" if alt != ref)
    (tmp_path / "mpra_satmut").mkdir()
    with gzip.open(tmp_path / FILE, "wt") as file:
        file.write("Chrom\tPos\tRef\tAlt\tCoefficient\tElement\n" + rows)
    found = EXPERIMENTS["A28"].run(Budget((0,), 1, tmp_path, lambda line: None))
    assert [row.what for row in found] == [f"LDLR, {what}" for what in ("360 variants, Spearman", "the null's 97.5%",
                                                                        "Spearman of the sizes")]
    assert all(len(row.ours) == 3 and -1 <= value <= 1 for row in found for value in row.ours)


def test_a_short_table_has_no_null_to_stand_out_from():
    values = np.arange(41.0)
    assert len(agreement(VARIANTS[:41], values, values).null) == 38 and not agreement(VARIANTS[:41], values, values).above
    text = conclude({"CNN": agreement(VARIANTS[:41], values, values)}, "SP1")
    assert text == ("CNN: Spearman 1.00 between its change of the logit of SP1 and 41 measured effects; they are too few to tell "
                    "that from chance.")
    longer = agreement(VARIANTS[:43], np.arange(43.0), np.arange(43.0))
    assert len(longer.null) == 40 and longer.above


def test_chance_stands_out_as_seldom_as_is_said():
    rng = np.random.default_rng(9)
    above = np.mean([agreement(VARIANTS[:43], *rng.normal(size=(2, 43))).above for _ in range(600)])
    assert 0.01 < above < 0.05  # 1 in 40

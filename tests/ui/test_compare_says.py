from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binomtest

from seqviz_core.checks import agreement
from seqviz_core.training import Epoch, RunStatus, Scores
from seqviz_core.ui.compare_says import (
    Learned,
    Standing,
    agreement_sentence,
    learned,
    learned_sentence,
    motif_sentence,
    score_sentence,
    standing,
    wilson,
)

BEST = Standing("accuracy", 0.9, 0.88, 0.92, 0.94, 0.8)


def epochs(*scores: float) -> list[Epoch]:
    return [Epoch(k, 1.0, 1.0, score, score, 2.0) for k, score in enumerate(scores, 1)]


def recovery(*statuses: str) -> SimpleNamespace:
    rows = [SimpleNamespace(motif=SimpleNamespace(name=f"M{k}"), status=s) for k, s in enumerate(statuses)]
    return SimpleNamespace(planted=rows, with_status=lambda wanted: tuple(r for r in rows if r.status == wanted))


@pytest.mark.parametrize("right, n", [(0, 10), (7, 10), (940, 1000), (3000, 3000)])
def test_the_interval_is_wilsons(right, n):
    oracle = binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert wilson(right / n, n) == pytest.approx((oracle.low, oracle.high), abs=1e-5)


def test_the_share_of_what_is_possible():
    assert BEST.share == pytest.approx((0.9 - 0.8) / (0.94 - 0.8)) and BEST._replace(score=0.94).share == pytest.approx(1)
    assert BEST._replace(score=0.7).share < 0
    assert BEST._replace(baseline=0.93).share is None is BEST._replace(ceiling=None).share


def test_a_run_is_judged_by_what_fits_its_classes():
    common = RunStatus("done", 0.0, n_test=100, test=Scores(0.8, 0.9), ceiling=Scores(0.9, 0.95), kmer=Scores(0.7, 0.8))
    found = standing(common)
    assert found[:2] == ("accuracy", 0.8) and found[4:6] == (0.9, 0.7) and (found.low, found.high) == wilson(0.8, 100)
    assert standing(common, per_sequence=False).low == 0.8
    rare = RunStatus("done", 0.0, n_test=100, test=Scores(0.99, 0.9, auprc=0.3, majority=0.99))
    assert standing(rare) == Standing("AUPRC", 0.3, 0.3, 0.3, None, None)
    assert standing(RunStatus("done", 0.0)) is None


def test_scores_are_told_with_what_is_possible_and_whether_chance_may_explain_the_difference():
    near, far = BEST._replace(score=0.89, low=0.87, high=0.91), BEST._replace(score=0.5, low=0.48, high=0.52)
    text = score_sentence({"CNN": BEST, "LSTM": near}, "One motif")
    assert text == ("On \u201cOne motif\u201d the CNN reaches accuracy 0.900 of 0.940, the best of 2; the LSTM has 0.890 of "
                    "0.940, a difference that chance may explain.")
    apart = score_sentence({"LSTM": far, "CNN": BEST}, "t")
    assert apart.endswith("the LSTM has 0.500 of 0.940, which is less by more than chance.")
    assert score_sentence({"LSTM": far}, "t").endswith("0.500 of 0.940 (the 6-mer baseline has more, 0.800).")
    bare = Standing("AUPRC", 0.3, 0.3, 0.3, None, None)
    assert score_sentence({"A": bare, "B": bare._replace(score=0.2)}, "t").endswith("the best of 2; the B has 0.200.")


def test_the_best_is_the_one_closest_to_its_own_ceiling():
    easier = BEST._replace(score=0.91, ceiling=0.99)
    assert "the CNN reaches" in score_sentence({"LSTM": easier, "CNN": BEST}, "t")


def test_when_a_run_had_learned_by_hand():
    """From 0.5 to 0.9: 90 % of the way is 0.86, reached in epoch 3, after 3 epochs of 2 s."""
    assert learned(epochs(0.6, 0.85, 0.87, 0.9), "valid_accuracy", 0.5) == Learned(3, 6.0)
    assert learned(epochs(0.52, 0.54), "valid_accuracy", 0.5) is None is learned([], "valid_auroc", 0.5)
    assert learned(epochs(float("nan"), 0.9), "valid_auroc", 0.5) == Learned(2, 4.0)


def test_who_learned_first():
    found = {"CNN": Learned(2, 1.25), "LSTM": Learned(5, 7.4), "GRU": None}
    assert learned_sentence(found, "accuracy") == (
        "Counted in epochs, first to have come 90 % of the way from guessing to its own best validation accuracy was the CNN, "
        "after 2 epochs "
        "(1.2 s); last was the LSTM, after 5 epochs (7.4 s). The GRU hardly rose above guessing.")
    assert learned_sentence({"CNN": Learned(1, 0.5)}, "AUROC").startswith("The CNN had come 90 %")
    assert learned_sentence({"A": Learned(2, 1), "B": Learned(2, 3)}, "AUROC").startswith("Each of 2 had come")
    assert learned_sentence({"A": None, "B": None}, "AUROC") == "The A and the B hardly rose above guessing."


@pytest.mark.parametrize("found, text", [
    ({"A": recovery("found", "found")}, "All 2 planted motifs are found by the A, each motif covered by one filter alone."),
    ({"A": recovery("found", "split"), "B": recovery("missed", "in part")},
     "Of 2 planted motifs the A found 1 and the B found 0, each covered by one filter alone; found by none: M1."),
    ({"A": recovery("found", "missed"), "B": recovery("missed", "found")},
     "Of 2 planted motifs the A found 1 and the B found 1, each covered by one filter alone; every one is found by at least "
     "one of them."),
    ({"A": recovery("missed", "split")}, "Not one of the 2 planted motifs is covered by one filter of the A alone."),
    ({"A": recovery("found"), "B": recovery("missed")}, "The planted motif M0 is covered by one filter of the A alone."),
    ({"A": recovery("missed"), "B": recovery("missed")}, "No filter of these models covers the planted M0 alone.")])
def test_motifs_found_are_told_as_the_table_has_them(found, text):
    assert motif_sentence(found, "filter") == text


def test_agreement_is_told_with_its_null_and_never_as_agreement_where_turned_maps_reach_it():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(30, 60)), rng.normal(size=(30, 60))
    found = agreement([a, b, a + 0.1 * b], ["a", "b", "c"], seed=0)
    text = agreement_sentence(found, {"models": [(0, 2)], "methods": [(0, 1)]}, "r", ["CNN", "LSTM"])
    value = found.pooled([(0, 2)])
    assert text.startswith(f"On which bases matter, the CNN and the LSTM agree at r {value.value:.2f} (turned maps ")
    assert not found.pooled([(0, 1)]).beyond_chance and "no more than turned maps" in text
    assert "seeds of one training agree" in agreement_sentence(found, {"seeds": [(0, 2)]}, "r", ["A", "B", "C"])
    assert "one map only" in agreement_sentence(found, {}, "r", ["A"])

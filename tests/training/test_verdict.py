"""The sentence a run ends with, word for word."""

from dataclasses import replace

from seqviz_core.training.results import RunStatus, Scores
from seqviz_core.training.verdict import headline, verdict

STATUS = RunStatus("running", created=0, n_test=3000, ceiling=Scores(0.946, 0.99), kmer=Scores(0.81, 0.9))
GOOD = Scores(0.9304, 0.97)


def test_beside_what_is_possible_and_what_simple_models_have():
    assert verdict(GOOD, STATUS) == "Reached accuracy 0.930 of a possible 0.946; the 6-mer baseline has 0.810."
    assert verdict(GOOD, replace(STATUS, ceiling=None)) == "Reached accuracy 0.930; the 6-mer baseline has 0.810."
    assert verdict(GOOD, replace(STATUS, pwm=Scores(0.94, 0.99), pwm_name="planted motifs' best scores")) == (
        "Reached accuracy 0.930 of a possible 0.946; the 6-mer baseline has 0.810, the planted motifs' best scores 0.940.")
    assert verdict(GOOD, RunStatus("running", created=0)) == "Reached accuracy 0.930."


def test_a_loss_that_stays_finite_is_no_sign_of_learning():
    assert "learned next to nothing (AUROC 0.53" in verdict(Scores(0.52, 0.53), STATUS)
    assert "learned" not in verdict(Scores(0.52, float("nan")), STATUS)  # a single class: not known


def test_where_positives_are_rare_it_speaks_of_auprc_against_their_share():
    rare = {"prevalence": 0.01, "majority": 0.99}
    status = replace(STATUS, ceiling=Scores(0.995, 0.99, auprc=0.62, **rare), kmer=Scores(0.99, 0.8, auprc=0.1, **rare))
    assert verdict(Scores(0.991, 0.93, auprc=0.412, **rare), status) == (
        "Reached AUPRC 0.412 of a possible 0.620; the 6-mer baseline has 0.100; guessing has 0.010, the share of positives. "
        "Accuracy says little here: the commonest answer for everything has 0.990.")


def test_a_handful_of_positives_is_said():
    few = Scores(0.999, 0.93, auprc=0.4, prevalence=0.001, majority=0.999)
    assert "only about 3 positives" in verdict(few, STATUS) and "positives in" not in verdict(few, replace(STATUS, n_test=None))
    assert "only about" not in verdict(few._replace(top_k=0.5), STATUS)  # bases: thousands of times more


def test_the_headline_is_the_figure_told():
    scores = Scores(0.99, 0.9, auprc=0.3)
    assert (headline(scores, False), headline(scores, True), headline(None, True)) == (0.99, 0.3, None)


def test_a_control_run_is_not_taken_for_a_run():
    said = verdict(Scores(0.5, 0.51), STATUS, permuted=True)
    assert "Control run" in said and "permuted" in said and "AUROC 0.51, guessing has 0.50" in said and "Reached" not in said

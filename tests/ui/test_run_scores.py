"""The table of a run's figures."""

from seqviz_core.training import RunStatus, Scores
from seqviz_core.ui.run_scores import score_columns


def test_figures_are_rows_and_models_columns_and_what_nobody_measured_is_left_out():
    status = RunStatus("done", 0.0, test=Scores(0.9, 0.95, mcc=0.8), kmer=Scores(0.7, float("nan")), kmer_name="6-mer baseline")
    assert score_columns(status) == {"figure": ["Accuracy", "AUROC", "MCC"], "This model": ["0.900", "0.950", "0.800"],
                                     "6-mer baseline": ["0.700", "", ""]}

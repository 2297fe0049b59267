"""A10: a plain RNN against an LSTM that starts by remembering, both read at their last state."""

from statistics import fmean

from .experiment import Budget, Row, experiment
from .training import train

RAW = {"stem_filters": 0, "bidirectional": False, "read_out": "last", "units": 48}
RACE = {  # name -> (architecture, settings, published, at least, at most)
    "plain RNN, last state": ("rnn", RAW, "simple RNN has trouble", None, 0.60),
    "LSTM, forget bias 0, last state": ("lstm", RAW | {"forget_bias": 0.0}, "", None, None),
    "LSTM, forget bias 2, last state": ("lstm", RAW | {"forget_bias": 2.0}, "LSTM almost perfect", 0.98, None),
    "plain RNN, largest over all states": ("rnn", RAW | {"read_out": "max"}, "", None, None)}


@experiment("A10", title="Memory: a plain RNN against an LSTM", source="MCB128 course, recurrent networks",
            recipe="one REST site in 60 bases, forward strand, or none; 6,000 training sequences, 25 epochs, 48 units, raw bases",
            changes="The forget bias is a setting: PyTorch starts it near 0, where an LSTM forgets as fast as a plain RNN")
def memory(budget: Budget) -> list[Row]:
    rows = []
    for name, (architecture, settings, published, low, high) in RACE.items():
        runs = [train(budget, "one_motif", architecture, model_settings=settings, fresh=False, n_train=6000, n_valid=1500,
                      task_settings={"motif": "MA0138.3", "length": 60, "both_strands": False}, epochs=25, patience=25,
                      learning_rate=4e-3, seed=seed) for seed in budget.seeds]
        rows.append(Row(f"{name}, accuracy", published, tuple(run.scores.accuracy for run in runs),
                        fmean(run.ceiling.accuracy for run in runs), at_least=low, at_most=high))
    return rows

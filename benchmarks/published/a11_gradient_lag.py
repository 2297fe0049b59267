"""A11: how fast the gradient fades on the way back through an untrained recurrent network."""

from seqviz_core.experiments.gradient_lag import CELLS, gradient_lag

from .experiment import Budget, Row, experiment

REFERENCE = {"plain RNN": "0.610", "LSTM, forget bias 0": "0.626", "LSTM, forget bias 1": "0.848", "LSTM, forget bias 3": "0.993",
             "GRU": "0.627"}


@experiment("A11", title="Vanishing gradients: the factor per step",
            source="The effect: Bengio et al. 1994, Hochreiter & Schmidhuber 1997; the figures: an earlier measurement of ours",
            recipe="norm of d h_T / d x_(T - lag) at initialisation, 32 units, 200 random bases, 4 sequences a seed; exp of the "
                   "slope of its logarithm over lags 0 to 50")
def lag(budget: Budget) -> list[Row]:
    rows = []
    for cell in CELLS:
        factors = tuple(gradient_lag(cell, length=budget.size(200, 60), seeds=[seed]).factor for seed in budget.seeds)
        rows.append(Row(f"{cell}, factor per step", REFERENCE.get(cell, ""), factors, **_aim(cell)))
        budget.say(f"{cell}: {rows[-1].mean:.3f}")
    return rows


def _aim(cell: str) -> dict[str, float]:
    """A plain RNN forgets within ten steps; an LSTM that starts by remembering hardly does."""
    return {"plain RNN": {"at_most": 0.7}, "LSTM, forget bias 3": {"at_least": 0.97}}.get(cell, {})

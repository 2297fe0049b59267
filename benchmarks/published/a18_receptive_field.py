"""A18: a pair of motifs farther apart than a convolution sees is no pair to it; an LSTM and attention relate them."""

from statistics import fmean
from typing import Any

from seqviz_core.experiments.rule_verdict import RuleVerdict, rule_verdict

from .experiment import Budget, Row, experiment
from .training import Trained, train

TASK = {"length": 160, "min_gap": 0, "max_gap": 40, "spacing_matters": False}
RACE: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {  # name -> (architecture, settings, training)
    "convolutions": ("residual", {}, {"epochs": 12, "learning_rate": 2e-3}),
    "LSTM": ("lstm", {}, {"epochs": 30, "learning_rate": 3e-3}),
    "attention": ("attention", {}, {"epochs": 15, "learning_rate": 2e-3})}
NEAR, FAR = "within the field", "beyond it"


@experiment("A18", title="Receptive field: which distances a pair may have",
            source="SpliceAI's context (Jaganathan et al. 2019, Cell, 10.1016/j.cell.2018.12.015), as a task of two motifs",
            recipe="YY1 and CTCF sites 0 to 40 bases apart in 160 bases, positive where YY1 stands in front; a residual CNN of "
                   "which a unit sees 43 bases (both sites whole up to 20 apart) and whose read-out takes the best place, an "
                   "LSTM, attention. Effect of the order: log odds of the right order minus the other, as a share of the Bayes "
                   "classifier's, 50 random backgrounds",
            changes="No splice sites and no 10,000 bases: two motifs whose only clue is their order, so that the distance alone "
                    "decides what a model can know")
def receptive_field(budget: Budget) -> list[Row]:
    rows = []
    for name, (architecture, settings, training) in RACE.items():
        runs = [train(budget, "motif_pair", architecture, task_settings=TASK, model_settings=settings, n_train=6000, n_valid=1000,
                      patience=50, seed=seed, **training) for seed in budget.seeds]
        verdicts = [_said(budget, name, run) for run in runs]
        limited = name == "convolutions"
        near, far = (tuple(_share(v, where) for v in verdicts) for where in (NEAR, FAR))
        rows += [Row(f"{name}: AUROC", "", tuple(run.scores.auroc for run in runs), fmean(run.ceiling.auroc for run in runs)),
                 Row(f"{name}: effect of the order, gaps 0 to 10", "", near, 1.0, at_least=0.25),
                 Row(f"{name}: effect of the order, gaps 27 to 40", "none beyond the field" if limited else "", far, 1.0,
                     at_least=None if limited else 0.25, at_most=0.05 if limited else None),
                 Row(f"{name}: gap at which the effect is half (40: never), bases", "the field's" if limited else "",
                     tuple(map(_half, verdicts)), 40.0, at_least=13.0 if limited else 40.0, at_most=23.0 if limited else None)]
    return rows


def _said(budget: Budget, name: str, run: Trained) -> RuleVerdict:
    verdict = rule_verdict(run.model, run.task, 1)
    budget.say(f"{name}: " + ", ".join(f"{at.gap}: {at.effect.mean:.1f} of {at.bayes:.1f}" for at in verdict.at_gaps))
    return verdict


def _share(verdict: RuleVerdict, where: str) -> float:
    """Return the mean effect of the order as a share of the Bayes classifier's, at gaps well within or beyond the field."""
    asked = [at for at in verdict.at_gaps if (at.gap <= 10 if where == NEAR else at.gap >= 27)]
    return fmean(at.effect.mean for at in asked) / fmean(at.bayes for at in asked)


def _half(verdict: RuleVerdict) -> float:
    """Return the gap at which the effect has fallen to half of what it is at gaps 0 to 10, the largest where it never does.

    Between two gaps that were asked it is read off the straight line.
    """
    gaps, effect = [at.gap for at in verdict.at_gaps], [at.effect.mean for at in verdict.at_gaps]
    half = fmean(e for gap, e in zip(gaps, effect) if gap <= 10) / 2
    for i in range(1, len(gaps)):
        if gaps[i] > 10 and effect[i] < half:
            return gaps[i - 1] + (gaps[i] - gaps[i - 1]) * (effect[i - 1] - half) / (effect[i - 1] - effect[i])
    return float(gaps[-1])

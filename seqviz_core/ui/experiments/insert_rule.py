"""The rule verdict under the insertion tool: whether each model follows what its task plants, and up to which distance."""

import numpy as np
import streamlit as st

from ...errors import SeqVizError
from ...experiments.planted_rule import PlantedRule, planted_rule
from ...experiments.rule_verdict import BACKGROUNDS, SEED, RuleVerdict, rule_verdict
from ...experiments.rule_words import CONTRASTS, THRESHOLD, conclude_rule, finding_words
from ...experiments.rule_work import rule_passes, verdict_from
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import figure, literal, table, theme
from ..sentences import subject
from ..work import worked
from ..workbench import View, model_name, short_name
from . import insert_models

X, Y = "bases between the two sites", "effect of the pair as planted (log odds)"


def rule_panel(view: View) -> None:
    """Show the verdicts of the models whose task plants a rule; without one, say so."""
    rules = {run: planted_rule(loaded.task, view.class_index(run)) for run, loaded in view.models.items()}
    st.markdown("##### Does the model follow the planted rule?")
    if not any(rules.values()):
        st.caption("What these models were trained on plants no rule for this class that insertions can test.")
        return
    verdicts = {run: found for run, rule in rules.items()
                if rule is not None and (found := _ask(view.models[run], view.class_index(run), rule)) is not None}
    for run, verdict in verdicts.items():
        st.markdown(literal(conclude_rule(subject(model_name(view.models[run])), verdict)))
    shown = {run: v for run, v in verdicts.items() if v.rule == rules.get(view.focus)} or verdicts
    if shown:
        _numbers(view, shown)


def _ask(loaded: Loaded, index: int, rule: PlantedRule) -> RuleVerdict | None:
    try:
        seconds = rule_passes(rule) * insert_models.seconds_of(loaded, loaded.task.length)
        if seconds < insert_models.AT_ONCE:
            return computed(verdict_of_run, loaded, index)
        args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "index": index}
        spec = WorkSpec("seqviz_core.experiments.rule_work", "rule_verdict_run", args)
        files = worked(spec, f"rule_{loaded.run.id}", f"Ask {model_name(loaded)} for the rule", seconds)
    except SeqVizError as error:
        st.warning(literal(f"{model_name(loaded)} is left out. {error}"))
        return None
    return None if files is None else verdict_from(files("verdict.json"), rule)


def verdict_of_run(loaded: Loaded, index: int) -> RuleVerdict | None:
    return rule_verdict(loaded.model, loaded.task, index)


def _numbers(view: View, verdicts: dict[str, RuleVerdict]) -> None:
    """Show each contrast as a table, the curve over the distance where there is one, and how it is judged."""
    first = next(iter(verdicts.values()))
    if first.rule.is_pair:
        _table(view, verdicts, first)
    if len(first.at_gaps) > 1:
        _distances(view, verdicts)
    contrasts = ", ".join(CONTRASTS[f.aspect] for f in first.findings)
    st.caption(literal(f"{THRESHOLD} Contrast: {contrasts}. Sites drawn from the motifs, on the forward strand, in "
                       f"n = {BACKGROUNDS} random backgrounds, seed {SEED}; the control is the second term of each contrast, on "
                       "the same backgrounds."))


def _table(view: View, verdicts: dict[str, RuleVerdict], first: RuleVerdict) -> None:
    columns = {"": [CONTRASTS[f.aspect] for f in first.findings]}
    columns |= {short_name(view.models[run]): [finding_words(f) for f in v.findings] for run, v in verdicts.items()}
    table("rule_findings", columns)


def _distances(view: View, verdicts: dict[str, RuleVerdict]) -> None:
    lines, marks = _curves(view, verdicts)
    st.markdown("**At which distance does it give up?**")
    alt = "Curves over the gap: " + ", ".join(f"{line.name} from {line.y[0]:.1f} to {line.y[-1]:.1f}" for line in lines) + "."
    figure(line_figure(lines, x=X, y=Y, alt=alt, marks=marks, theme=theme(), uirevision="rule"), "insert_rule",
           lambda: lines_table(lines, X, Y))


def _curves(view: View, verdicts: dict[str, RuleVerdict]) -> tuple[list[Line], list[tuple[float, str]]]:
    """Return a line for each model over the planted gaps, the Bayes classifier's dashed, and where receptive fields end."""
    lines, marks = [], []
    for run, verdict in verdicts.items():
        at, spec = verdict.at_gaps, view.models[run].run.spec
        values = [np.array([getattr(a.effect, name) for a in at]) for name in ("mean", "low", "high")]
        lines.append(Line(short_name(view.models[run]), np.array([a.gap for a in at]), values[0],
                          model_colour(spec.architecture), *values[1:], points=True))
        whole = verdict.whole_up_to
        if whole is not None and at[0].gap <= whole <= at[-1].gap:
            marks.append((whole, f"field of {short_name(view.models[run])} ends"))
    first = next(iter(verdicts.values())).at_gaps
    if first[0].bayes is not None:
        lines.append(Line("Bayes classifier", np.array([a.gap for a in first]), np.array([a.bayes for a in first]), dash="dash"))
    return lines, marks

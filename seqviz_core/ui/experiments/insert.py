"""Insert: what a motif does by itself, put into many backgrounds, and whether the model follows the planted rule."""

from dataclasses import dataclass

import streamlit as st

from ...experiments.insertion import Curve
from ...experiments.marginal import VARIES, Marginal, Plan, fitted
from ...experiments.marginal_words import LOG_ODDS, conclude, n_words, null_words, pattern_words
from ...experiments.patterns import CONSENSUS
from ...experiments.planted_rule import planted_rule
from ...figures.palette import model_colour
from ...settings import setting
from ..components import figure, literal, theme
from ..records import records
from ..sentences import subject
from ..tool import EXPERIMENTS, Asked, tool
from ..workbench import View, model_name, short_name
from .insert_figures import Asked as Answered
from .insert_figures import marginal_figure
from .insert_models import ask_all, bayes_of
from .insert_motifs import chosen_motif, pick_motif, upload
from .insert_records import explore_these
from .insert_rule import rule_panel

LABELS = {"itself": "nothing: by itself, on both strands", "position": "its place", "copies": "the number of copies",
          "strength": "the strength of the site", "pair": "the gap to a second motif"}
PLACED = {"itself": ("position",), "position": ("strand",), "copies": ("copies", "strand"), "strength": ("position", "strand"),
          "pair": ("farthest",)}
"""The settings that say where and how often, of each thing that is varied."""
RANDOM, SHUFFLED = "random", "shuffled"
MOST_SHUFFLED = 200  # of the sequences at hand
SITES = ("consensus", "sampled sites")
BAYES_WORDS = "Bayes classifier: the best there can be on the task, asked about the same sequences."


@dataclass(frozen=True)
class InsertSettings:
    """What is put where; see `Plan`."""

    vary: str = setting("itself", "What is varied", choices=VARIES)
    first_from: str = setting("task", "Motif", help="Where the motif comes from")
    first: str = setting("", "Which")
    first_letters: str = setting("TGACTCA", "Letters", help="Bases or IUPAC codes, such as TGASTCA")
    second_from: str = setting("task", "Second motif", help="Where the second motif comes from")
    second: str = setting("", "Which one")
    second_letters: str = setting("CACGTG", "Its letters", help="Bases or IUPAC codes")
    n: int = setting(100, "Backgrounds", low=1, high=2000)
    sites: str = setting(SITES[0], "Put in", choices=SITES,
                         help="The likeliest base of each column, or sites drawn from the motif as a generator plants them")
    strand: str = setting("+", "Strand", choices=("+", "-"))
    position: int = setting(0, "Starts at base", help="0: in the middle", low=0, high=10_000)
    copies: int = setting(5, "Most copies", low=1, high=20)
    farthest: int = setting(30, "Largest gap", low=0, high=1000)
    order: str = setting("given", "Order", choices=("given", "swapped"))
    effect: str = setting("interaction", "Effect of the pair", choices=("interaction", "together"),
                          help="Interaction: what both do beyond the sum of each alone")
    background: str = setting(RANDOM, "Background", choices=(RANDOM, SHUFFLED),
                              help="Random bases, or dinucleotide shuffles of the sequences at hand")
    gc: float = setting(0.5, "GC content", low=0.05, high=0.95)
    length: int = setting(0, "Length", help="Bases of a background; 0: as the model in focus was trained", low=0, high=10_000)
    seed: int = setting(0, "Seed", low=0, high=1_000_000)


@tool(EXPERIMENTS, "insert", label="Insert", question="What does a motif do by itself?", settings=InsertSettings, order=30,
      shows="A motif goes into random backgrounds; its effect stands beside its shuffled letters' and the Bayes classifier's.")
def insert(view: View, asked: Asked) -> None:
    _choices(view, asked)
    plan = fitted(plan_of(view, asked.checked(), asked))
    answers = ask_all(view, plan)
    if answers:
        _figure(view, plan, answers)
        explore_these(plan)
    rule_panel(view)


def plan_of(view: View, settings: InsertSettings, asked: Asked) -> Plan:
    """Return the plan that the settings describe; raises SeqVizError for letters that are no pattern."""
    vary, rule = settings.vary, planted_rule(view.loaded.task, view.class_index(view.focus))
    first = chosen_motif(view, asked, "first")
    second = chosen_motif(view, asked, "second") if vary == "pair" else None
    gaps = rule.gaps if rule and rule.is_pair and {first, second} == set(rule.motifs) else ()
    strand = settings.strand if "strand" in PLACED[vary] else "+"  # what is not on the page has no say
    position = settings.position - 1 if settings.position and "position" in PLACED[vary] else None
    return Plan(vary, first, second, CONSENSUS if settings.sites == SITES[0] else 1.0, strand, settings.n,
                settings.length or view.loaded.task.length, settings.gc,
                tuple(r.sequence for r in records()[:MOST_SHUFFLED]) if settings.background == SHUFFLED else (), settings.seed,
                position, settings.copies, max(settings.farthest, *gaps) if gaps else settings.farthest, tuple(gaps),
                settings.order == "swapped", settings.effect == "together")


def _choices(view: View, asked: Asked) -> None:
    """Show what is put in and what is varied; the rest in a menu."""
    vary = asked.value("vary") if asked.value("vary") in VARIES else VARIES[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="insert_what"):
        pick_motif(view, asked, "first")
        asked.widget("vary", format_func=LABELS.get, width=270)
        asked.widget("n", width=110)
        with st.popover("More settings", key="insert_more"):
            _more(asked, vary)
    if vary == "pair":
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="insert_second"):
            pick_motif(view, asked, "second")
            asked.widget("order", format_func={"given": "first, then second", "swapped": "second, then first"}.get)
            asked.widget("effect")
    asked.examples({"Its strength": {"vary": "strength"}, "How many": {"vary": "copies"}, "Two of them": {"vary": "pair"},
                    "Typed: TGASTCA": {"first_from": "typed", "first_letters": "TGASTCA"}})


def _more(asked: Asked, vary: str) -> None:
    if vary != "strength":
        asked.widget("sites")
    asked.row(*PLACED[vary])
    asked.widget("background", format_func={RANDOM: "random bases", SHUFFLED: "shuffles of the sequences at hand"}.get)
    asked.row("gc", "length", "seed")
    upload(asked)


def _figure(view: View, plan: Plan, answers: dict[str, Marginal]) -> None:
    """Show what the model in focus does in a sentence, the figure under its question, the other models', how it was made."""
    bayes, why_not = bayes_of(view, plan)
    class_of = {run: view.models[run].task.classes[view.class_index(run)] for run in answers}
    names = set(class_of.values())
    target = names.pop() if len(names) == 1 else "each model's class"
    said = {run: conclude(plan, subject(model_name(view.models[run]), begins=False), class_of[run], answers[run],
                          bayes if run == view.focus else None) for run in answers}
    if view.focus in said:
        st.markdown(f"**{literal(said[view.focus])}**")
    control = _shown(view, plan, answers, bayes, target)
    for sentence in (said[run] for run in said if run != view.focus):
        st.caption(literal(sentence))
    st.caption(literal(f"{n_words(plan)} {control} {why_not or BAYES_WORDS} {LOG_ODDS}"))


def _shown(view: View, plan: Plan, answers: dict[str, Marginal], bayes: Curve | None, target: str) -> str:
    """Draw the answers; return what the control is."""
    shown = {run: Answered(short_name(view.models[run]), model_colour(view.models[run].run.spec.architecture), found)
             for run, found in answers.items()}
    focus = shown.get(view.focus)
    verb = "do" if plan.vary == "strength" else "does"
    st.markdown(literal(f"How {verb} {pattern_words(plan)} change the log odds of {target}{_varied(plan)}?").join(["**", "**"]))
    fig, numbers = marginal_figure(plan, list(shown.values()), bayes, focus, f"change in the log odds of {target}",
                                   _planted(plan), theme())
    figure(fig, "insert", lambda: numbers)
    if plan.vary == "itself":
        return f"Tick, the control: {null_words(plan)}"
    return f"Dotted, the control, for {focus.name}: {null_words(plan)}" if focus else "The control comes with the model in focus."


def _planted(plan: Plan) -> list[tuple[float, str]]:
    """Return the marks of the planted gaps on the axis of a pair."""
    if plan.vary != "pair" or not plan.gaps:
        return []
    low, high = plan.gaps
    return [(low, "planted")] if low == high else [(low, "planted from"), (high, "to")]


def _varied(plan: Plan) -> str:
    """Return how the question above the figure goes on."""
    return {"itself": "", "position": ", place by place", "copies": ", copy by copy", "strength": ", the better they match",
            "pair": ", at every gap" if plan.together else ", beyond the sum of the two"}[plan.vary]

"""Ablate: each part of the sequence replaced by shuffles, which parts are needed, which are enough, and do they work together."""

from dataclasses import dataclass

import streamlit as st

from ...attribution import At
from ...errors import SeqVizError
from ...experiments.ablation import Criterion
from ...experiments.knock_out import KnockedOut, Question, from_json, knock_out, question_args, rows_asked
from ...experiments.knock_out_words import counted, listed
from ...experiments.ranges import read_ranges, write_ranges
from ...experiments.replacing import FILLERS, Part, Replacer, check_parts, tiles
from ...sequences import one_hot_encode
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import Loaded, computed, hits_in
from ..components import literal
from ..tool import EXPERIMENTS, Asked, tool
from ..work import worked
from ..workbench import View, model_name
from .ablate_shown import show
from .pace import INLINE, seconds_per_row

WHAT = {"planted": "planted sites", "hits": "motif hits", "tiles": "tiles", "span": "a span"}
BY = {"call": "the call", "logit": "a share of the logit"}
FEWEST, WIDEST = 3, 500  # bases of a tile
LONG = 600  # seconds; a scan that takes longer is offered with wider tiles


@dataclass(frozen=True)
class AblateSettings:
    what: str = setting("planted", "Take out", choices=tuple(WHAT), help="Tiles scan the whole sequence, where no part is known")
    span: str = setting("", "Spans, from-to", help="One or more, as in 61-75, 90-99; counted from 1, both ends included")
    hits: int = setting(6, "Best hits", help="How many motif hits, best first", low=1, high=12)
    tile: int = setting(10, "Tile", help="Bases of a tile; the next one begins half a tile further on", low=FEWEST, high=WIDEST)
    n: int = setting(20, "Shuffles", help="How many shuffles replace each part in turn", low=5, high=1000)
    seed: int = setting(0, "Seed", help="Draws the shuffles and the random spans", low=0, high=2**31 - 1)
    filler: str = setting("sequence", "Replaced by", choices=tuple(FILLERS))
    by: str = setting("call", "Lost means", choices=tuple(BY), help="A part is necessary where the prediction is lost without it")
    share: int = setting(50, "Share, %", help="Of what the logit has above shuffles of the sequence", low=5, high=95)


@tool(EXPERIMENTS, "ablate", label="Ablate", question="Which parts does the prediction need?", settings=AblateSettings, order=40,
      shows="Parts are replaced by shuffled letters, alone and in pairs; beside them, random stretches of the same width.")
def ablate(view: View, asked: Asked) -> None:
    """Show the parts on the sequence, what each costs in every model, and what is enough."""
    what = asked.value("what")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="ablate_what"):
        asked.widget("what", format_func=WHAT.get)
        for name in {"hits": ["hits"], "tiles": ["tile"], "span": ["span"]}.get(what, []):
            asked.widget(name, placeholder="61-75, 90-99")
    with st.expander("How it is done"):
        asked.row("n", "seed", "filler", filler=lambda name: f"{name}: {FILLERS[name]}")
        asked.row("by", *(["share"] if asked.value("by") == "logit" else []), by=BY.get)
    settings = asked.checked()
    parts, note = chosen_parts(view, settings)
    if note:
        st.caption(literal(note))
    tile = 0 if parts else fitting_tile(settings.tile, len(view.edited.sequence))
    question = Question(parts, tile, settings.n, settings.seed, settings.filler, Criterion(settings.by, settings.share / 100))
    above, below = st.container(), st.container()
    with below:
        found = _found(view, question, asked)
    if found:
        with above:
            show(view, question, found)


def chosen_parts(view: View, settings: AblateSettings) -> tuple[tuple[Part, ...], str]:
    """Return the parts to take out, none for a scan of tiles, and what is to be said about the choice."""
    sequence = view.edited.sequence
    if settings.what == "planted":
        parts = tuple(Part(s.motif.name, s.start, s.end) for s in view.edited.sites)
        known = "No motif was planted in this sequence" if view.truth_known else "The true sites of this sequence are not known"
        return parts, "" if parts else f"{known}, so the whole of it is scanned with tiles."
    if settings.what == "hits":
        known, hits = hits_in(view.loaded, view.state.hits, sequence)
        best = sorted(hits.best[:settings.hits], key=lambda h: (h.start, h.end))
        return tuple(Part(h.motif.name, h.start, h.end) for h in best), (
            f"{'The best ' * (len(best) < hits.found)}{len(best)} of {hits.found} matches of {known.label}." if best else
            f"No place matches one of {known.label}, so the whole sequence is scanned with tiles.")
    if settings.what == "span":
        ranges = read_ranges(settings.span, len(sequence))
        if ranges:
            return tuple(Part("", start, end) for start, end in dict.fromkeys(ranges)), ""
        middle = default_span(view)
        return (Part("", *middle),), f"Nothing is typed; this is {write_ranges([middle])}."
    return (), ""


def default_span(view: View) -> tuple[int, int]:
    """Return the first planted site, or the middle fifth, as (start, end)."""
    n = len(view.edited.sequence)
    return next(((s.start, s.end) for s in view.edited.sites), (2 * n // 5, max(3 * n // 5, 2 * n // 5 + 1)))


def fitting_tile(tile: int, length: int) -> int:
    """Return the width of the tiles, narrower where the sequence is short."""
    return max(1, min(tile, length // 3))


def _found(view: View, question: Question, asked: Asked) -> dict[str, KnockedOut]:
    """Return the result of each model that has one by now, the one in focus first; a model that cannot is told.

    As many models as a second allows answer at once, the rest when somebody asks for them.
    """
    sequence, rows = view.edited.sequence, rows_asked(question, len(view.edited.sequence))
    targets = {run: view.target(run, view.edited) for run in sorted(view.models, key=lambda run: run != view.focus)}
    seconds = {run: rows * seconds_per_row(view.models[run], len(sequence), target) for run, target in targets.items()}
    at_once = [run for k, run in enumerate(targets) if sum(list(seconds.values())[:k + 1]) <= INLINE]
    found, problems = {}, {}
    for run in at_once:
        try:
            found[run] = computed(knocked_out, view.models[run], sequence, targets[run], question)
        except SeqVizError as error:
            problems[run] = str(error)
    if problems and not found:
        raise SeqVizError(next(iter(problems.values())))
    for run, problem in problems.items():
        st.warning(literal(f"{model_name(view.models[run])} is left out. {problem}"))
    if later := {run: target for run, target in targets.items() if run not in at_once}:
        found |= _worked(view, question, later, rows, sum(seconds[run] for run in later))
        if len(found) < len(targets) and sum(seconds.values()) > LONG:
            _wider_tiles(asked, question, len(sequence))
    return found


def _wider_tiles(asked: Asked, question: Question, length: int) -> None:
    """Offer tiles so wide that they take a fraction of the time, where a scan of narrow ones takes long."""
    wide = min(WIDEST, length // 20)
    if question.tile and wide >= 2 * question.tile:
        st.button(f"Use tiles of {wide} bases: they take less time", key="ablate_wide",
                  on_click=lambda: asked.set(what="tiles", tile=wide))


def knocked_out(loaded: Loaded, sequence: str, target: int | At, question: Question) -> KnockedOut:
    """Return what `knock_out` finds in one model."""
    return knock_out(loaded.model, sequence, target, loaded.task.head, question)


def _worked(view: View, question: Question, targets: dict[str, int | At], rows: int, seconds: float) -> dict[str, KnockedOut]:
    """Return what these models answered, nothing while they have not been asked or are at it."""
    replacer = Replacer(one_hot_encode([view.edited.sequence])[0], 1, question.seed)  # what cannot be shuffled is told right away
    check_parts(question.parts or tiles(replacer.length, question.tile, 1), replacer.length)
    runs = [[run, *(target if isinstance(target, At) else (target, None)), view.models[run].task.head,
             view.models[run].run.status.finished] for run, target in targets.items()]
    args = {"runs": runs, "sequence": view.edited.sequence, "question": question_args(question)}
    spec = WorkSpec("seqviz_core.experiments.knock_out", "knock_out_many", args)
    names = listed([model_name(view.models[run]) for run in targets])
    files = worked(spec, "ablate", f"Ask {names}", seconds)
    if files is None:
        reads = f"about {rows:,} sequences of {counted(len(view.edited.sequence), 'base')}"
        st.caption(literal(f"{names} {'has' if len(targets) == 1 else 'have each'} to read {reads}; it is done once, and kept."))
        return {}
    return {run: from_json(files(f"{run}.json")) for run in targets}

"""The Variants tool: type, paste or click changes of the sequence at hand; or hold predictions against measured effects."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from ...experiments.variants import Named, conclude, share_below
from ...figures.kinds import SiteMark
from ...figures.palette import model_colour
from ...figures.variants import Pins, variants_figure
from ...sequences.variants import Variant, read_variants, written
from ...settings import setting
from ..components import figure, literal, theme
from ..hit_tracks import known_motifs
from ..sentences import subject
from ..tool import EXPERIMENTS, Asked, tool
from ..workbench import View, model_name, short_name
from .variant_input import clicked, examples_of, pick_base
from .variant_measured import measured_effects
from .variant_results import Screen, calls_of, motif_words, screens
from .variant_table import variant_table

SOURCES = {"typed": "Typed or clicked variants", "measured": "Measured effects (MPRA)"}
MOTIFS = {"task": "planted in the task", "jaspar": "JASPAR"}
PLACEHOLDER = "42A>G, 42_44del, 42_43insTT"
WORDS = {"windows": "a window around each", "whole": "the whole sequence"}
SYMBOLS = {"substitution": "circle", "deletion": "triangle-down", "insertion": "triangle-up", "several": "diamond"}


@dataclass(frozen=True)
class VariantSettings:
    source: str = setting("typed", "Which variants?", choices=tuple(SOURCES))
    text: str = setting("", "Variants of this sequence", help="42A>G, 42_44del, 42_43insTT, 42_44delinsAC, 42dup, or a line each "
                        "of pos ref alt; positions count from the first base of the sequence on the screen. Commas, "
                        "semicolons, spaces or lines between them")
    motifs: str = setting("task", "Known motifs", choices=tuple(MOTIFS), help="Where the motifs that a variant makes or breaks "
                          "come from")
    measured: str = setting("", "Measured effects", help="Rows of position, ref, alt and value")
    element: str = setting("", "Element of the table")
    reads: str = setting("windows", "The model reads", choices=tuple(WORDS), help="Of a sequence longer than those it was "
                         "trained on: a window of the length it was trained on, with the variant in its middle, or all of it")


@tool(EXPERIMENTS, "variants", label="Variants", question="Does this variant break the site?", settings=VariantSettings, order=10,
      shows="Each variant goes through every model; its change of the logit stands beside every single substitution's.")
def variants(view: View, asked: Asked) -> None:
    asked.row("source", *(["motifs"] if asked.value("source") == "typed" else []), source=SOURCES.get, motifs=MOTIFS.get)
    if asked.checked().source == "measured":
        measured_effects(view, asked, WORDS)
    else:
        typed_variants(view, asked)


def typed_variants(view: View, asked: Asked) -> None:
    """Show the box, what every model makes of the variants in it, and what they do to known motifs."""
    settings, sequence = asked.checked(), view.edited.sequence
    found = read_variants(settings.text, sequence)
    chosen, examples = found.variants, examples_of(view)
    if not settings.text.strip():
        chosen = tuple(variant for some in examples.values() for variant in some)
        chosen = tuple({variant[:3]: variant for variant in chosen}.values())[:3]
    asked.widget("text", placeholder=PLACEHOLDER)
    asked.examples({name: {"text": ", ".join(map(written, some))} for name, some in examples.items()})
    _problems(found.problems)
    if not settings.text.strip():
        st.caption("Nothing is typed yet: these are examples made from this sequence. Type your own, or click a base in the map.")
    elif not chosen:
        st.caption("Nothing typed is a variant of this sequence. Mend it, click a base in the map, or take an example.")
    results = screens(view, chosen)
    if view.focus in results:
        _answer(view, asked, results, chosen, settings.motifs)


def _problems(problems: Sequence[str]) -> None:
    """Show at most three sentences; the others on demand."""
    for problem in problems[:3]:
        st.warning(literal(problem))
    if len(problems) > 3:
        with st.expander(f"{len(problems) - 3:,} more lines could not be read"):
            st.text("\n".join(problems[3:200]))


def _answer(view: View, asked: Asked, results: dict[str, Screen], chosen: tuple[Variant, ...], source: str) -> None:
    """Show conclusion, figure and table of what the models answered."""
    effects, control = results[view.focus]
    model = view.loaded
    motifs = motif_words(view.edited.sequence, effects, known_motifs(source, model.task).motifs)
    named = Named(model_name(model), view.explained(view.focus), control.words)
    others = [(model_name(view.models[run]), run) for run in results if run != view.focus]
    said = conclude(effects, control.null, named, calls_of(model.task, effects), motifs,
                    [(name, results[run][0]) for name, run in others])
    st.markdown(f"**{literal(said)}**")
    shares = share_below(effects.change, control.null)
    st.markdown(f"**Which variants change the logit of {literal(view.explained(view.focus))}, against every substitution?**")
    figure(_drawn(view, results), "variants", lambda: map_table(view, results),
           on_select=lambda: clicked(asked, "chart_variants"))
    st.caption(literal(_legend(view, results)))
    pick_base(view, asked)
    variant_table(view, results, shares, motifs, source)


def _drawn(view: View, results: dict[str, Screen]):
    """Return the figure: pins of every model over the map of the one in focus."""
    control = results[view.focus][1]
    pins = [Pins(short_name(view.models[run]), model_colour(view.models[run].run.spec.architecture),
                 [place(v) for v in effects.variants], effects.change, [written(v) for v in effects.variants],
                 [SYMBOLS[kind(v)] for v in effects.variants]) for run, (effects, _) in results.items()]
    sites = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in view.edited.sites]
    alt = (f"Changes of the logit of {view.explained(view.focus)} by {len(results[view.focus][0].variants)} variants in "
           f"{len(pins)} models, over a map of every substitution of bases {control.start + 1} to {control.end}.")
    return variants_figure(pins, control.values, view.edited.sequence[control.start:control.end], start=control.start,
                           sites=sites, band=control.band, alt=alt, theme=theme())


def _legend(view: View, results: dict[str, Screen]) -> str:
    """Return what the colours, marks and the band mean, and what the models read."""
    effects, control = results[view.focus]
    n, outside = len(effects.variants), sum(not control.start <= v.start <= control.end for v in effects.variants)
    kinds = {kind(v) for v in effects.variants}
    text = (f"n = {n:,} variant{'s' * (n != 1)}. Above: a pin for each{_symbols(kinds)}. Grey band, the control: 95 % of "
            f"{control.words} change the logit of {subject(model_name(view.loaded), begins=False)} by less. Below: each "
            "single substitution, red raises the logit, blue lowers it; click one to add it as a variant, or to take it out.")
    if outside:
        text += f" {outside:,} variant{'s lie' if outside > 1 else ' lies'} outside the {control.end - control.start} bases."
    if control.drawn:
        text += " The sequence is long, so the control is a sample and the map shows a part."
    if view.edited.sites:
        text += " Bars between the two: planted sites."
    if kinds - {"substitution"}:
        text += " Insertions and deletions are held against substitutions too."
    return text


def _symbols(kinds: set[str]) -> str:
    """Return what the marks mean, where there is more than one kind."""
    words = {"substitution": "a circle for a substitution", "deletion": "a triangle down for a deletion",
             "insertion": "a triangle up for an insertion", "several": "a diamond for several bases at once"}
    return ", " + ", ".join(words[k] for k in words if k in kinds) if kinds - {"substitution"} else ""


def kind(variant: Variant) -> str:
    """Return what sort of change a variant is: a substitution, deletion, insertion, or several at once."""
    if not variant.ref or not variant.alt:
        return "deletion" if not variant.alt else "insertion"
    return "substitution" if len(variant.ref) == len(variant.alt) == 1 else "several"


def place(variant: Variant) -> float:
    """Return where a pin stands: on its base, in the middle of several, between two bases for an insertion."""
    return variant.start + 0.5 + max(len(variant.ref), 0) / 2


def map_table(view: View, results: dict[str, Screen]) -> dict[str, list]:
    """Return every substitution of the map, one row each."""
    control, sequence = results[view.focus][1], view.edited.sequence
    rows = [(i + 1, sequence[i], base, float(control.values[b, i - control.start])) for i in range(control.start, control.end)
            for b, base in enumerate("ACGT") if sequence[i] not in (base, "N")]
    return dict(zip(("position", "ref", "alt", "change of the logit"), map(list, zip(*rows)) if rows else ([], [], [], [])))

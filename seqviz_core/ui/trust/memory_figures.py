"""The figures of the memory tool: the act at every place, gates and states before and after, and what is left by the lag."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from ...checks.memory import Places
from ...checks.memory_inside import Inside
from ...checks.memory_lag import Lag
from ...checks.memory_says import READS
from ...datasets import Site
from ...figures.kinds import SiteMark, SitesTrack, gate_tracks
from ...figures.lines import Line, line_figure, lines_table
from ...figures.palette import model_colour, theme_of
from ...figures.scene import Placed, scene
from ..cached import Loaded
from ..components import figure, literal, theme
from ..picture import take_event
from ..viewer import viewer
from ..workbench import View, short_name
from .inside import site_label


def draw_places(models: Mapping[str, tuple[Loaded, Places]], focus: str, words: str, site: Site | None,
                explained: str, length: int) -> None:
    """Draw the change of the logit by the place of the act, a line a model, beside the control of the one in focus."""
    lines = [Line(short_name(loaded), places.bases + 1, places.change, model_colour(loaded.run.spec.architecture), points=True)
             for loaded, places in models.values()]
    main = models[focus][1]
    control = main.control.mean(axis=0)
    wide = np.quantile(np.abs(main.control), 0.95, axis=0)
    lines.append(Line("without the site" if site else "bases shuffled", main.bases + 1, control, theme_of(theme()).zero,
                      low=-wide, high=wide, dash="dot"))
    marks = [(float(main.bases[main.chosen]) + 1, "here")]
    marks += [(site.start + 1, site.motif.name), (site.end, "")] if site else []
    st.markdown(f"**Where does {literal(words)} change the logit of {literal(explained)}?**")
    figure(line_figure(lines, x="base", y="change of the logit", marks=marks, theme=theme(),
                       alt=f"Change of the logit by {words}, at {len(main.starts)} places of {length} bases."),
           "memory_places", lambda: lines_table(lines, "base", "change of the logit"))
    kind = f"in which {site_label(site)} is replaced by shuffled bases" if site else "whose bases are shuffled"
    st.caption(f"Dotted, the control: the same in {len(main.control)} sequences {literal(kind)}, their mean; the band holds "
               f"95 %. n = 1 sequence, {len(main.starts)} places.")


def draw_inside(view: View, inside: Sequence[Inside], places: Places) -> None:
    """Draw the gate that is held and the memory, before and after, under the sequence; on one scale."""
    act, sequence, sites = places.act, view.edited.sequence, view.edited.sites
    names = {i.name for i in inside}
    memory = "c" if "c" in names else "h"
    shown = [i for i in inside if i.name == memory or (act.what == "clamp" and i.name == act.gate)]
    span = (places.span.stride, places.span.offset, places.span.width)
    bands = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in sites]
    placed = [Placed(SitesTrack("Where are the planted sites?", bands), "planted:sites", "planted", fixed=True)] if sites else []
    for direction in dict.fromkeys(i.direction for i in shown):
        mine = [i for i in shown if i.direction == direction]
        most = max(float(np.abs([i.before, i.after]).max()) for i in mine if i.name == memory)
        for when in ("before", "after"):
            maps = {i.name: getattr(i, when).astype(np.float32) for i in mine}
            for track in gate_tracks(maps, f"What is remembered {READS[direction]}, {when}?", span=span):
                if track.unit == memory:
                    track = replace(track, zmin=-most, zmax=most)
                id = f"gate:{direction}.{when}.{track.unit}@memory"
                placed.append(Placed(track, id, "gate", fixed=True, open=id not in view.state.closed))
    with st.expander(f"The {'gate and the ' if act.what == 'clamp' else ''}{'cell' if memory == 'c' else 'hidden'} state before "
                     "and after, under the sequence", expanded=True, key="memory_inside"):
        drawn = scene(sequence, placed, zoom=view.state.zoom, strand=view.state.strand, theme=theme(), bands=bands,
                      editable=False)
        viewer(drawn, key="memory_tracks", on_event=_look)


def _look(event: Mapping[str, Any]) -> None:
    """Take what changes only how the tracks are looked at."""
    if event.get("kind") in ("zoom", "fold"):
        take_event(event)


def draw_lags(found: Mapping[str, Lag], untrained: Mapping[str, Lag], loaded: Loaded, spacing: int | None,
              site: Site | None) -> None:
    """Draw what is left by the lag: of the gradient, of the site's trace, as the mean gate promises; dotted before training."""
    for column, (direction, lag) in zip(st.columns(len(found), gap="medium"), found.items()):
        with column:
            st.markdown(f"**How much is left, reading {READS[direction]}?**")
            lines = lines_of(lag, untrained.get(direction), model_colour(loaded.run.spec.architecture), theme_of(theme()).zero)
            marks = [(lag.promised, "gate's half-life")] if np.isfinite(lag.promised) and lag.promised < lines[0].x[-1] else []
            marks += [(spacing, "planted spacing")] if spacing and spacing <= lines[0].x[-1] else []
            figure(line_figure(lines, x="bases later", y="share left", marks=marks, theme=theme(), limits=(0, 1.18),
                               alt=f"What is left by the number of bases read since, {READS[direction]}."),
                   f"memory_left_{direction}", lambda lines=lines: lines_table(lines, "bases later", "share left"))
    trace = (f"Trace: how far the hidden states behind {literal(site_label(site))} differ from those of 8 sequences in which its "
             "bases are shuffled ones. " if site else "")
    gate = next((lag for lag in found.values() if lag.gate is not None), None)
    promise = "Dashed: what the mean gate alone would leave, multiplied at every step. " if gate else ""
    st.caption(f"Each curve is a share of its largest value. Gradient: of the last state with respect to what was read so many "
               f"bases earlier. {trace}{promise}Dotted, the null: the gradient in the same model before training.")


def lines_of(lag: Lag, before: Lag | None, colour: str, grey: str) -> list[Line]:
    """Return the curves of one direction as shares of their largest value, over bases."""
    share = lambda values: values / values.max()
    bases = lambda values: np.arange(len(values)) * lag.stride
    lines = [Line("gradient", bases(lag.gradient), share(lag.gradient), colour)]
    if lag.left is not None:
        lines.append(Line("site's trace", bases(lag.left), share(lag.left), "", points=True))
    if lag.gate is not None:
        steps = np.arange(len(lag.gradient))
        lines.append(Line("mean gate", steps * lag.stride, lag.gate.mean() ** steps, colour, dash="dash"))
    if before is not None:
        lines.append(Line("untrained", bases(before.gradient), share(before.gradient), grey, dash="dot"))
    return lines

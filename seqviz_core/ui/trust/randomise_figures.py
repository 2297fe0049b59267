"""The figures of the randomisation tool: the likeness as layers are made random, and the maps themselves under one ruler."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from ...attribution import METHODS
from ...checks.lens import Lens, in_text, lens_of
from ...checks.randomisation import Likeness, Maps, Randomisation
from ...checks.randomisation_says import marked, upper_layers
from ...figures.kinds import LogoTrack, SiteMark
from ...figures.lines import Line, line_figure
from ...figures.palette import model_colour
from ...figures.scene import Placed, scene
from ..components import figure, literal, table, theme
from ..picture import take_event
from ..tracks import sites_track
from ..viewer import viewer
from ..workbench import View, model_name
from .faithful_figures import short
from .lenses import colour_of

X, Y = "layers made random", "likeness (rank correlation)"


def draw_likeness(found: Randomisation, lenses: Sequence[Lens], key: str) -> None:
    """Draw each method's likeness over the stages, in the band of unrelated maps."""
    cascade = found.how == "cascading"
    st.markdown("**How alike are the maps before and after, as layers are made random from the output down?**" if cascade else
                "**How alike are the maps before and after one layer is made random, all others as trained?**")
    lines = [_line(found, curve, lenses) for curve in found.curves] + [_unrelated(found)]
    drawn = line_figure(lines, x=X if cascade else "the layer made random, counted from the output", y=Y, limits=(-1.05, 1.05),
                        height=300, theme=theme(), alt=_alt(found), uirevision=f"likeness_{key}")
    steps = _stages(found).tolist()
    ends = {0: "trained", **({steps[-1]: "all"} if cascade else {})}
    drawn.update_xaxes(tickvals=steps, ticktext=[ends.get(k, str(k)) for k in steps])
    figure(drawn, f"likeness_{key}", lambda: _csv(found))
    names = ", ".join(f"{k} {name}" for k, name in enumerate(found.layers, 1))
    of = "n = 1 sequence" if found.n == 1 else f"n = {found.n} sequences"
    st.caption(literal(
        f"Mean of {_draws(found)}, {of}. 1: the same map; 0: another; below 0: turned upside down. Layers "
        f"from the output down: {names}. Dotted, with a band, the control: unrelated maps, one of the two turned along the "
        "sequence by a random number of bases, 95 % of them. " + _flat(found)))


def _draws(found: Randomisation) -> str:
    return "one draw of random weights" if found.draws == 1 else f"{found.draws} draws of random weights"


def _flat(found: Randomisation) -> str:
    flat = [in_text(lens_of(c.name)) for c in found.curves if not np.isfinite(c.main).all()]
    return f"Where a line is missing the map of {', '.join(flat)} is flat." if flat else ""


def _stages(found: Randomisation) -> np.ndarray:
    """Return the x of the stages; a cascade begins with the trained model."""
    return np.arange(0 if found.how == "cascading" else 1, len(found.layers) + 1)


def _line(found: Randomisation, curve: Likeness, lenses: Sequence[Lens]) -> Line:
    start = [1.0] if found.how == "cascading" else []
    joined = lambda values: np.array([*start, *values])
    lens, several = lens_of(curve.name), found.n > 1
    signed = METHODS[lens.method].signed
    return Line(short(curve.name), _stages(found), joined(curve.main), colour_of(lens, lenses), points=True,
                low=joined(curve.low) if several and signed else None, high=joined(curve.high) if several and signed else None)


def _unrelated(found: Randomisation) -> Line:
    """Return the widest band of unrelated maps among the methods, at zero."""
    edges = np.array([[c.null_low, c.null_high] for c in found.curves])  # (curves, 2, stages)
    low, high = np.where(np.isfinite(edges), edges, 0.0).min(axis=0)[0], np.where(np.isfinite(edges), edges, 0.0).max(axis=0)[1]
    if found.how == "cascading":
        low, high = np.concatenate([low[:1], low]), np.concatenate([high[:1], high])
    return Line("unrelated maps", _stages(found), np.zeros(len(low)), low=low, high=high, dash="dot")


def _alt(found: Randomisation) -> str:
    ends = ", ".join(f"{short(c.name)} {c.main[-1]:.2f}" for c in found.curves)
    return f"Likeness of maps before and after {len(found.layers)} layers were made random; at the last step: {ends}."


def _csv(found: Randomisation) -> dict[str, list]:
    rows = [(c, k) for c in found.curves for k in range(len(found.layers))]
    return {"method": [c.name for c, _ in rows], "step": [k + 1 for _, k in rows], "layer": [found.layers[k] for _, k in rows],
            **{name: [getattr(c, name)[k] for c, k in rows] for name in (
                "signed", "absolute", "low", "high", "null_low", "null_high", "size_null_high")},
            "n": [found.n] * len(rows), "draws": [found.draws] * len(rows)}


def draw_marks(found: Randomisation, key: str) -> None:
    """Show each method's mark, with the likeness of values and of sizes half way and at the end."""
    number = lambda value: "" if value != value else f"{value:z.2f}".replace("-", "\u2212")
    half = found.half
    table(f"randomise_marks_{key}", {
        "method": [lens_of(c.name).label for c in found.curves],
        f"{upper_layers(found)} random": [number(c.signed[half]) for c in found.curves],
        "sizes alone": [number(c.absolute[half]) for c in found.curves],
        "all random": [number(c.signed[-1]) for c in found.curves],
        "unrelated below": [number(c.main_null_high[-1]) for c in found.curves],
        "mark": [marked(found, c) for c in found.curves]})


def draw_maps(view: View, maps: Mapping[str, Maps], found: Randomisation) -> None:
    """Draw one method's map before, half way and at the end, under the letters of the sequence."""
    names = list(maps)
    st.markdown("**What does that look like?**")
    if st.session_state.get("randomise_map") not in names:
        st.session_state.randomise_map = names[0]
    name = st.segmented_control("Map of", names, key="randomise_map", required=True, format_func=lambda n: lens_of(n).label)
    before, after = maps[name].before, maps[name].after
    colour, label = model_colour(view.loaded.run.spec.architecture), model_name(view.loaded)
    placed = [Placed(sites_track(view.edited.sites, view.truth_known), "planted:randomise", "planted", fixed=True)]
    for k, (title, values) in enumerate(_chosen(before, after, found)):
        track = LogoTrack(title, values, legend="Each row has its own scale." if k == 0 else "", height=90)
        placed.append(Placed(track, f"map:{k}@randomise", "map", label, colour, fixed=True))
    bands = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in view.edited.sites]
    viewer(scene(view.edited.sequence, placed, zoom=view.state.zoom, strand=view.state.strand, theme=theme(), editable=False,
                 bands=bands), "randomise_maps", take_event)


def _chosen(before: np.ndarray, after: np.ndarray, found: Randomisation) -> list[tuple[str, np.ndarray]]:
    """Return the titles and maps that are drawn: as trained, then stages that tell the story."""
    last = len(found.layers) - 1
    if found.how == "independent":
        picked = list(dict.fromkeys([0, last // 2, last]))
        return [("As trained", before), *((f"Only {found.layers[k]} random", after[k]) for k in picked)]
    rows = [("As trained", before)]
    if found.half != last:
        rows.append((f"T{upper_layers(found)[1:]} random", after[found.half]))
    return [*rows, ("All weights random", after[last])]


def draw_shuffled(curves: Sequence[Likeness]) -> None:
    """Say how alike each map is to that of a shuffle of the sequence: what it would say of any sequence."""
    number = lambda value: f"{value:z.2f}".replace("-", "\u2212")
    told = ", ".join(f"{in_text(lens_of(c.name))} {number(c.main[0])}" for c in curves if np.isfinite(c.main[0]))
    alike = [in_text(lens_of(c.name)) for c in curves if c.main[0] > max(c.main_null_high[0], 0.2)]
    end = (f"{' and '.join(alike)} {'say' if len(alike) > 1 else 'says'} much the same of any sequence." if alike else
           "None says the same of any sequence.")
    null = max(c.main_null_high[0] for c in curves)
    st.caption(literal("Another control, the same model on a dinucleotide shuffle of the sequence: likeness "
                       f"{told} (unrelated maps reach {null:.2f}). {end[0].upper()}{end[1:]}"))

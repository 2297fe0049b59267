"""The viewer alone, over numbers that anybody can recompute from the sequence; every event it sends is listed below it."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402
import streamlit as st  # noqa: E402

from seqviz_core.figures.kinds import HeatmapTrack, LineTrack, LogoTrack, SiteMark, SitesTrack, gate_tracks  # noqa: E402
from seqviz_core.figures.scene import Placed, scene  # noqa: E402
from seqviz_core.sequences import align  # noqa: E402
from seqviz_core.state import ViewState, apply_event  # noqa: E402
from seqviz_core.ui.viewer import viewer  # noqa: E402

LENGTH = int(st.query_params.get("length", 100))
SLOW = float(st.query_params.get("slow", 0))  # seconds a run takes
MODELS = (("CNN", "cnn", "#8a4fd0"), ("LSTM", "lstm", "#16908e"), ("Attention", "attention", "#d9581c"))


def numbers(sequence: str, seed: int, rows: int) -> np.ndarray:
    """Return (rows, L) smooth signed numbers that follow from the letters."""
    codes = np.array(["ACGTN".index(b) for b in sequence])
    waves = [np.sin(codes * (r + 1.3) + np.arange(len(codes)) / (3 + r % 5) + seed) for r in range(rows)]
    return np.array(waves) * np.linspace(1, 0.3, rows)[:, None]


def motif(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(4, 0.25), 11).T


def placed(sequence: str, state: ViewState) -> list[Placed]:
    sites = [SiteMark("GATA1", 33, 41), SiteMark("MAX", 63, 73, "-")] if len(sequence) > 80 else []
    tracks = {"planted": [Placed(SitesTrack("Where were motifs planted?", sites, lanes=2), "planted:", "planted", fixed=True)]}
    for seed, (label, run, colour) in enumerate(MODELS):
        own = {"model": label, "colour": colour, "run": run}
        for kind, track, more in tracks_of(sequence, seed, run, state):
            tracks.setdefault(kind, []).append(Placed(track, f"{kind}:{track.title or track.symbol}@{run}", kind, **own, **more))
    order = ["planted", *(k for k in state.tracks if k != "planted")]
    from dataclasses import replace
    return [replace(p, open=p.id not in state.closed) for kind in order for p in tracks.get(kind, []) if kind in state.tracks]


def tracks_of(sequence: str, seed: int, run: str, state: ViewState):
    yield "attribution", LogoTrack("Which bases push GATA1 up or down?", numbers(sequence, seed, 1)[0] * 0.4,
                                   badge="truth AUPRC 0.83, null 0.11"), {"says": "The strongest stretch is 34 to 41."}
    if run == "cnn":
        yield "feature_map", HeatmapTrack("Where does each filter fire?", np.maximum(numbers(sequence, 7, 12)[:, : len(sequence) - 10], 0),
                                          rows=[f"filter {n} {'GATA1' if n == 3 else ''}" for n in range(12)], span_width=11,
                                          logos=[motif(n) for n in range(12)], badge="truth AUPRC 0.71, null 0.10"), {
            "probe": "conv1", "rows": tuple(range(20, 32)),
            "says": "Filter 3 fires strongest at 34 to 44, on the planted GATA1 site."}
    if run == "lstm":
        maps = {g: numbers(sequence, i, 32) * (0.5 if g in "ifo" else 1) + (0.5 if g in "ifo" else 0)
                for i, g in enumerate("ifgoch")}
        for track in gate_tracks(maps):
            yield "gate", track, {"probe": f"lstm.forward.{track.unit}"}
    if run == "attention":
        share = np.abs(numbers(sequence, 3, 1)[0][::4])
        query = 10 if state.query is None else state.query
        yield "attention", LineTrack("What does position 11 look at?", share / share.sum(), span_stride=4, span_offset=-2,
                                     span_width=11, unit="share", query=query,
                                     legend="Its token sees bases 3 to 13; the shares of all tokens add up to 1."), {}
        yield "reading", LineTrack("How sure is it after each base?", np.cumsum(numbers(sequence, 5, 3), axis=1) / 10,
                                   names=("GATA1", "MAX", "none"), unit="logit", legend="A line a class."), {"probe": "logits"}


def happened(event) -> None:
    st.session_state.events.append(dict(event))
    st.session_state.state = apply_event(st.session_state.state, event)


st.set_page_config(layout="wide", page_title="Viewer")
if "state" not in st.session_state:
    rng = np.random.default_rng(1)
    st.session_state.state = ViewState(reference="".join(rng.choice(list("ACGT"), LENGTH)), tracks=(
        "planted", "attribution", "feature_map", "gate", "attention", "reading"))
    st.session_state.events = []
state = st.session_state.state
time.sleep(SLOW)
alignment, began = align(state.reference, state.steps), time.perf_counter()
drawn = scene(state.read, placed(state.sequence, state), changed=alignment.changed, deleted_before=alignment.deleted_before,
              reference=state.reference, source=alignment.source, zoom=state.zoom, theme=st.context.theme.type or "light", name="harness, drawn",
              bands=[SiteMark("GATA1", 33, 41), SiteMark("MAX", 63, 73, "-")] if LENGTH > 80 else (), query=state.query,
              steps=(len(state.steps), len(state.undone)))
took = time.perf_counter() - began
viewer(drawn, "viewer", happened)
st.code(json.dumps(st.session_state.events), language=None)
st.caption(f"sequence {state.sequence[:200]}")
st.caption(f"scene {len(json.dumps(drawn))} characters in {took * 1000:.1f} ms")

"""The viewer alone, over numbers that anybody can recompute from the sequence; every event it sends is listed below it."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import streamlit as st

from seqviz_core.figures.kinds import HeatmapTrack, LineTrack, LogoTrack, SiteMark, SitesTrack, Track, gate_tracks
from seqviz_core.figures.scene import Placed, scene
from seqviz_core.sequences import align
from seqviz_core.state import ViewState, apply_event
from seqviz_core.ui.viewer import viewer

LENGTH = int(st.query_params.get("length", 100))
SLOW = float(st.query_params.get("slow", 0))  # seconds a run takes
MODELS = (("CNN", "cnn", "#8a4fd0"), ("LSTM", "lstm", "#16908e"), ("Attention", "attention", "#d9581c"))
KINDS = ("planted", "attribution", "feature_map", "gate", "attention", "reading")
SITES = [SiteMark("GATA1", 33, 41), SiteMark("MAX", 63, 73, "-")] if LENGTH > 80 else []


def numbers(sequence: str, seed: int, rows: int) -> np.ndarray:
    """Return (rows, L) smooth signed numbers that follow from the letters."""
    codes, at = np.array(["ACGTN".index(b) for b in sequence]), np.arange(len(sequence))
    waves = [np.sin(codes * (r + 1.3) + at / (3 + r % 5) + seed) for r in range(rows)]
    return np.array(waves) * np.linspace(1, 0.3, rows)[:, None]


def all_tracks(sequence: str, state: ViewState) -> Iterator[Placed]:
    yield Placed(SitesTrack("Where were motifs planted?", SITES, lanes=2), "planted:", "planted", fixed=True)
    for seed, (label, run, colour) in enumerate(MODELS):
        for kind, track, more in tracks_of(sequence, seed, run, state):
            key = f"{kind}:{track.symbol if kind == 'gate' else ''}@{run}"
            yield Placed(track, key, kind, model=label, colour=colour, run=run, open=key not in state.closed, **more)


def tracks_of(sequence: str, seed: int, run: str, state: ViewState) -> Iterator[tuple[str, Track, Mapping]]:
    yield "attribution", LogoTrack("Which bases push GATA1 up or down?", numbers(sequence, seed, 1)[0] * 0.4,
                                   badge="truth AUPRC 0.83, null 0.11"), {"says": "The strongest stretch is 34 to 41."}
    if run == "cnn":
        yield "feature_map", feature_map(sequence), {"probe": "conv1", "rows": tuple(range(20, 32)),
                                                     "says": "Filter 3 fires strongest at 34 to 44, on the planted GATA1 site."}
    elif run == "lstm":
        waves = {g: numbers(sequence, i, 32) for i, g in enumerate("ifgoch")}
        maps = {g: (wave + 1) / 2 if g in "ifo" else wave for g, wave in waves.items()}
        yield from (("gate", track, {"probe": f"lstm.forward.{track.unit}"}) for track in gate_tracks(maps))
    else:
        share, query = np.abs(numbers(sequence, 3, 1)[0][::4]), 10 if state.query is None else state.query
        yield "attention", LineTrack(f"What does position {query + 1} look at?", share / share.sum(), span_stride=4,
                                     span_offset=-2, span_width=11, unit="share", query=query,
                                     legend="The shares of all tokens add up to 1."), {}
        yield "reading", LineTrack("How sure is it after each base?", np.cumsum(numbers(sequence, 5, 3), axis=1) / 10,
                                   names=("GATA1", "MAX", "none"), unit="logit", legend="A line a class."), {"probe": "logits"}


def feature_map(sequence: str) -> HeatmapTrack:
    values = np.maximum(numbers(sequence, 7, 12)[:, : len(sequence) - 10], 0)
    logos = [np.random.default_rng(n).dirichlet(np.full(4, 0.25), 11).T for n in range(12)]
    return HeatmapTrack("Where does each filter fire?", values, rows=[f"filter {n + 20}" for n in range(12)], span_width=11,
                        logos=logos, badge="truth AUPRC 0.71, null 0.10")


def happened(event: Mapping) -> None:
    st.session_state.events.append(dict(event))
    st.session_state.state = apply_event(st.session_state.state, event)


st.set_page_config(layout="wide", page_title="Viewer")
if "state" not in st.session_state:
    reference = "".join(np.random.default_rng(1).choice(list("ACGT"), LENGTH))
    zoom = tuple(int(n) for n in st.query_params["zoom"].split("-")) if "zoom" in st.query_params else None
    st.session_state.state, st.session_state.events = ViewState(reference=reference, tracks=KINDS, zoom=zoom), []
state = st.session_state.state
time.sleep(SLOW)
alignment, tracks = align(state.reference, state.steps), list(all_tracks(state.sequence, state))
began = time.perf_counter()
drawn = scene(state.sequence, [t for kind in state.tracks for t in tracks if t.kind == kind], changed=alignment.changed,
              deleted_before=alignment.deleted_before, source=alignment.source, zoom=state.zoom,
              reference=state.reference if state.steps else "",  # as Explore does: a reference only where it differs
              theme=st.context.theme.type or "light", name="harness, drawn", bands=SITES, query=state.query,
              steps=(len(state.steps), len(state.undone)))
took = time.perf_counter() - began
viewer(drawn, "viewer", happened)
st.code(json.dumps(st.session_state.events), language=None)
st.caption(f"sequence {state.sequence[:200]}")
st.caption(f"scene {len(json.dumps(drawn))} characters in {took * 1000:.1f} ms")

"""Bringing a model that was trained elsewhere: the uploads, examples of the format, and what the probe says of it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ..checks.import_probe import ImportProbe, probe_import
from ..errors import SeqVizError
from ..figures.base_orders import base_orders_figure
from ..motifs import find_motif
from ..training import Run, default_store, find_run, pretrained_store
from ..training.imports import base_order, import_run, import_weights, settings_json, with_base_order
from ..training.runs import WEIGHTS
from ..training.weights_file import INSTEAD, LARGEST
from .cached import load
from .components import figure, literal, theme
from .train import open_buttons, run_name

WAYS = {"weights": "Weights and their settings", "run": "A run packed by SeqViz"}
MOST_MB = LARGEST // 1_000_000
CLEAREST = "the clearest"
FORMAT = ("**Weights** as a safetensors file, and **settings** as JSON that name one of SeqViz's architectures and the task "
          "whose classes the model tells apart. The rows of its input stand for A, C, G, T; where they stand for another order, "
          "`base_order` says so. For classes of your own, name the task `labelled` and give it labelled sequences, ten of each "
          "class or more. The example files show the format.")


def bring_section() -> None:
    """Show the uploads, folded away until somebody wants them, and what came in last."""
    st.subheader("Do you have a model from elsewhere?")
    with st.expander("Bring weights or a run that was trained elsewhere", key="bring", on_change="rerun",
                     expanded=bool(st.session_state.get("brought"))):
        way = st.segmented_control("What do you bring?", list(WAYS), default="weights", required=True, format_func=WAYS.get,
                                   key="bring_way")
        _weights() if way == "weights" else _run()
        _mistake()
        if brought := st.session_state.get("brought"):
            _result(*brought)


def _weights() -> None:
    st.markdown(FORMAT)
    left, right = st.columns(2)
    weights = left.file_uploader("Weights (safetensors)", key="bring_weights", max_upload_size=MOST_MB)
    settings = right.file_uploader("Settings (JSON)", key="bring_settings")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Bring it in", key="bring_it", type="primary", disabled=not (weights and settings), on_click=_take_weights)
        st.download_button("Example weights", lambda: _example()[0], "example.safetensors", "application/octet-stream",
                           key="example_weights", on_click="ignore", type="tertiary")
        st.download_button("Example settings", lambda: _example()[1], "example.json", "application/json", key="example_settings",
                           on_click="ignore", type="tertiary")
    st.caption(f"At most {LARGEST:,} bytes. A pickle (.pt, .pth, .ckpt) is never opened: it could run any program here. What "
               "you bring stays on this server as one of its runs, which whoever opens this server can see and delete.")


def _example() -> tuple[bytes, str]:
    """Return the shipped CNN's own weights and settings."""
    run = pretrained_store().get("cnn")
    return (run.path / WEIGHTS).read_bytes(), settings_json(run)


def _run() -> None:
    st.markdown("**A zip** that the button \u201cDownload\u201d beside a run of any SeqViz has packed: settings, curve, weights.")
    packed = st.file_uploader("Packed run (zip)", key="bring_run", max_upload_size=MOST_MB)
    st.button("Bring it in", key="bring_packed", type="primary", disabled=not packed, on_click=_take_run)
    st.caption(f"At most {LARGEST:,} bytes. Figures that were measured elsewhere are left behind: nobody here can vouch for "
               "them.")


def _take_weights(order: str | None = None) -> None:
    """Bring in the two uploaded files; with `order`, as if the settings had stated that one, in the place of what came in before.

    What somebody else had brought already stays: equal files are one run, which is theirs too.
    """
    weights, settings = st.session_state.get("bring_weights"), st.session_state.get("bring_settings")
    wrong, began = st.session_state.get("bring_made") if order else None, time.time()
    if weights and settings:
        with _told_below():
            text = with_base_order(settings.getvalue(), order) if order else settings.getvalue()
            run = import_weights(weights.getvalue(), text, default_store())
            st.session_state.brought = run.id, base_order(json.loads(text.decode("utf-8-sig"))), True
            st.session_state.bring_made = run.id if run.status.finished >= began else None
            if wrong in [run.id for run in default_store().runs()]:
                default_store().delete(wrong)


def _take_run() -> None:
    if packed := st.session_state.get("bring_run"):
        with _told_below():
            st.session_state.brought = import_run(packed.getvalue(), default_store()).id, "ACGT", False


@contextmanager
def _told_below() -> Iterator[None]:
    """Within the block, of a callback, a visitor's mistake is kept to be shown under the button."""
    st.session_state.update(bring_error=None, brought=None)
    try:
        yield
    except SeqVizError as error:
        st.session_state.bring_error = str(error)


def _mistake() -> None:
    if error := st.session_state.get("bring_error"):
        st.error(literal(error.replace(INSTEAD, "").rstrip()))
        if INSTEAD in error:
            st.code(INSTEAD, language="python", wrap_lines=True)


def _result(run_id: str, stated: str, from_files: bool) -> None:
    """Show what came in, and what the probe says of it."""
    try:
        run = find_run(run_id)
        st.markdown(f"**{literal(run_name(run))}** is here, with {run.status.n_parameters:,} parameters. Does it read the bases "
                    "as stated?")
        probe = _probe(run_id, run.status.finished, _motif(run), stated)
    except SeqVizError as error:
        st.warning(literal(error))
        return
    (st.success if probe.as_stated else st.warning)(literal(probe.sentence))
    if probe.decided and not probe.as_stated and from_files:
        st.button(f"Read it as {probe.best.order} instead", key="bring_again", on_click=_take_weights, args=(probe.best.order,))
    st.markdown("**Which order of the bases fits it?**")
    figure(base_orders_figure([s.order for s in probe.orders], [s.auroc for s in probe.orders], stated,
                              (probe.null_mean, probe.null_sd), theme=theme(), uirevision=run_id),
           "base-orders", lambda: _table(probe))
    st.caption(_asked(probe))
    open_buttons(run, "brought")


@st.cache_resource(max_entries=32, show_spinner="Asking it under all 24 orders of the bases")
def _probe(run_id: str, finished: float, motif_id: str, stated: str) -> ImportProbe:
    loaded = load(run_id)
    return probe_import(loaded.model, loaded.task, find_motif(motif_id) if motif_id != CLEAREST else None, stated=stated)


def _motif(run: Run) -> str:
    """Let the visitor choose the motif that is asked with, where classes are named like several."""
    task = run.spec.make_task()
    named = {m.id: m.name for m in task.motifs if m.name in task.classes}
    if len(named) < 2:
        return CLEAREST
    return st.selectbox("Asked with", [CLEAREST, *named], key=f"bring_motif_{run.id}", width=260,
                        format_func=lambda motif: named.get(motif, "The clearest motif of its task"))


def _asked(probe: ImportProbe) -> str:
    """Return how it was asked, with the figures of the strands and lengths."""
    how = "of its own task, with their labels. Chance: the labels shuffled, 20 times."
    if probe.what.endswith(" from background"):
        motif = probe.what.removesuffix(" from background")
        how = (f"half of them with {literal(motif)} planted on the forward strand. Chance: the same with the motif's columns "
               "shuffled, 20 times.")
    lengths = ", ".join(f"{x.length:,} bases {'not at all' if x.auroc is None else f'{x.auroc:.2f}'}" for x in probe.lengths)
    return (f"{probe.n} sequences, {how} AUROC on the forward strand {probe.forward:.2f}, on the reverse one "
            f"{probe.reverse:.2f}; by length: {lengths}.")


def _table(probe: ImportProbe) -> dict[str, list]:
    return {"order": [s.order for s in probe.orders], "AUROC": [s.auroc for s in probe.orders],
            "stated": [s.order == probe.stated for s in probe.orders], "chance mean": [probe.null_mean] * len(probe.orders),
            "chance sd": [probe.null_sd] * len(probe.orders)}

"""What the tools that look into attention and memory share: which model they ask, and a stretch short enough for them."""

import re
from collections.abc import Callable

import streamlit as st

from ...datasets import Site
from ...export.sequences import sites_to_header
from ..cached import Loaded, pretrained_ids
from ..components import literal
from ..view_state import change
from ..workbench import View, model_name, wanted_runs
from ..workbench import view_state as state_of

_SITES = re.compile(r"\bsites=\S+")
AROUND = 200  # bases


def model_asked(view: View, has: Callable[[Loaded], bool], lacks: str, shipped: str, key: str) -> str | None:
    """Return the run that is asked: the one in focus, or where it lacks what is tested the first on the ruler that has it.

    lacks : what is said of a model without, e.g. "has no attention". Where no model has it, says so beside a button that puts
    the shipped model on the ruler, and returns None.
    """
    able = [run for run, loaded in view.models.items() if has(loaded)]
    if view.focus in able:
        return view.focus
    name = literal(model_name(view.loaded))
    name = name[0].upper() + name[1:]
    if able:
        other = literal(model_name(view.models[able[0]]))
        st.caption(f"{name} {lacks}, so {f'the {other} model' if able[0] in pretrained_ids() else other} is asked instead.")
        return able[0]
    st.info(f"{name} {lacks}" + (", and neither has any other model on the ruler." if len(view.models) > 1 else "."))
    st.button("Ask the shipped model that has it", key=f"{key}_shipped", on_click=_put_on_ruler, args=(shipped,))
    return None


def _put_on_ruler(run: str) -> None:
    others = [other for other in wanted_runs(state_of()) if other != run]
    change(models=(run, *others), focus=run, target="")


def site_label(site: Site) -> str:
    """Return e.g. "GATA1 at 35–41"."""
    return f"{site.motif.name} at {site.start + 1:,}–{site.end:,}"


def cut_button(view: View, key: str) -> None:
    """Show a button that keeps only a stretch of a long sequence: around its first planted site, or its middle."""
    sequence, sites = view.edited.sequence, view.edited.sites
    middle = (sites[0].start + sites[0].end) // 2 if sites else len(sequence) // 2
    start = min(max(middle - AROUND // 2, 0), max(len(sequence) - AROUND, 0))
    end = min(start + AROUND, len(sequence))
    st.button(f"Keep bases {start + 1:,} to {end:,}", key=f"{key}_cut", on_click=_keep, args=(view, start, end),
              help="Around the first planted site, or the middle where none is known; the other bases leave the view")


def _keep(view: View, start: int, end: int) -> None:
    kept = [s._replace(start=s.start - start, end=s.end - start) for s in view.edited.sites if s.start >= start and s.end <= end]
    name = f"{_SITES.sub('', view.state.name).strip()}, bases {start + 1} to {end} {sites_to_header(kept)}".strip()
    change(reference=view.edited.sequence[start:end], name=name, steps=(), undone=(), token="", row=0, strand="+", zoom=None,
           unit=None, query=None)

"""The run that an address names, with its settings beside it, so that a link to a run that is gone can train it again."""

import streamlit as st

from ..errors import SeqVizError
from ..training import Run, RunSpec, find_run, read_recipe, write_recipe
from .components import literal
from .train import spec_name, start

RECIPE = "recipe"  # the key of the settings in the address


def run_on_screen() -> Run | None:
    """Return the run the address names; of one that is not here, say so and offer to train it again."""
    if not (run_id := st.query_params.get("job")):
        st.query_params.pop(RECIPE, None)
        return None
    try:
        run = find_run(run_id)
    except SeqVizError as error:
        if spec := tell_gone(error, "The link does not hold its settings: choose a task and an architecture and press Train, or "
                                    "show one of the runs below."):
            st.button("Train it again", key="again_from_link", type="primary", on_click=start, args=(spec,))
        return None
    carry(run.spec)
    return run


def spec_of_address() -> RunSpec | None:
    """Return the settings, all written out, of the run the address names, or those in the address, or None."""
    try:
        return find_run(st.query_params.get("job", "")).spec.complete()
    except SeqVizError:  # run_on_screen tells it
        pass
    try:
        return read_recipe(st.query_params.get(RECIPE, ""))
    except SeqVizError:
        return None


def carry(spec: RunSpec | None) -> None:
    """Let the address hold the settings of the run it names; none for a shipped run, which is never gone."""
    try:
        text = write_recipe(spec) if spec else ""
    except SeqVizError:  # sequences of one's own, too long for an address
        text = ""
    if not text:
        st.query_params.pop(RECIPE, None)
    elif st.query_params.get(RECIPE) != text:
        st.query_params[RECIPE] = text


def tell_gone(error: SeqVizError, otherwise: str) -> RunSpec | None:
    """Say that a run is not here; return its settings where the link holds them, else say `otherwise`, what can be done."""
    if not (text := st.query_params.get(RECIPE)):
        st.warning(literal(f"{error} {otherwise}"))
        return None
    try:
        spec = read_recipe(text)
    except SeqVizError as damage:
        st.warning(literal(f"{error} {damage}"))
        return None
    st.warning(literal(f"{error} Its settings are in the link: {spec_name(spec)}."))
    return spec

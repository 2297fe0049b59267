"""How a visitor names variants: typed or pasted, from examples made of the sequence, by a base picked or clicked in the map."""

import numpy as np
import streamlit as st

from ...experiments.variant_screen import WHOLE
from ...experiments.variants import drawn_substitutions
from ...sequences.edited_variants import edited_variants
from ...sequences.variants import Variant, checked, written
from ..cached import attribution_of
from ..components import told
from ..tool import Asked
from ..view_state import change
from ..workbench import View

DRAWN = 20
BECOMES = ("A", "C", "G", "T", "deleted")


def examples_of(view: View) -> dict[str, list[Variant]]:
    """Return examples made of the sequence: its strongest substitution, a deletion and an insertion in a site, some at random."""
    sequence = view.edited.sequence
    sites = view.scored_sites(view.focus) or list(view.edited.sites)
    sites = [s for s in sites if s in view.edited.sites]
    middle = len(sequence) // 2
    somewhere = (0, len(sequence)) if len(sequence) <= WHOLE else (middle - 10, middle + 10)
    start, end = (sites[0].start, sites[0].end) if sites else somewhere
    at, alt = _strongest(view, start, end)
    cut = max(start, end - 3) if at - start < (end - start) / 2 else start  # away from the substitution, so that both are seen
    beside = start - 20 if start >= 20 else min(end + 20, len(sequence) - 1)
    strongest = "Strongest substitution" if len(sequence) <= WHOLE else "A substitution"
    examples = {strongest: [Variant(at, sequence[at], alt)] if alt else [],
                "A deletion in the site" if sites else "A deletion": [Variant(cut, sequence[cut:cut + 3], "")],
                "An insertion beside it" if sites else "An insertion": [Variant(max(beside, 0), "", "TT")],
                f"{DRAWN} at random": drawn_substitutions(sequence, DRAWN, seed=1)}
    if len(sequence) <= 3:
        examples.pop(next(name for name in examples if name.startswith("A deletion")))
    return {name: some for name, some in examples.items() if some}


def _strongest(view: View, start: int, end: int) -> tuple[int, str]:
    """Return the base in start ... end whose substitution changes the logit most, and by which; in a long sequence the middle."""
    sequence, known = view.edited.sequence, [i for i in range(start, end) if view.edited.sequence[i] != "N"]
    if not known:
        return (start + end) // 2, ""
    if len(sequence) > WHOLE:
        at = known[len(known) // 2]
        return at, {"A": "C", "C": "A", "G": "T", "T": "G"}[sequence[at]]
    values = np.abs(attribution_of(view.loaded, sequence, "ism", view.target(view.focus, view.edited), False).values[0])
    at = max(known, key=lambda i: values[:, i].max())
    order = [base for base in np.argsort(-values[:, at]) if "ACGT"[base] != sequence[at]]
    return at, "ACGT"[order[0]]


def pick_base(view: View, asked: Asked) -> None:
    """Show a base to pick and what it becomes, and the edits of the view as variants."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="variant_pick"):
        length = len(view.edited.sequence)
        st.session_state.pick_base = min(st.session_state.get("pick_base", length // 2 + 1), length)
        st.number_input("Base", min_value=1, max_value=length, step=1, width=120, key="pick_base")
        st.segmented_control("becomes", BECOMES, default="A", required=True, key="pick_becomes")
        st.button("Add", key="pick_add", on_click=_add_picked, args=(view, asked))
        if view.is_edited:
            made = edited_variants(view.reference.sequence, view.edited.sequence, view.alignment)
            st.button(f"Use the edits as variants ({len(made)})", key="use_edits", on_click=_use_edits, args=(asked, made),
                      help="The edits of Explore become a list of variants, and the sequence is as it was before them")


def _use_edits(asked: Asked, made: list[Variant]) -> None:
    asked.set(text=", ".join(map(written, made)))
    change(steps=(), undone=())


def _add_picked(view: View, asked: Asked) -> None:
    at, becomes = st.session_state.pick_base - 1, st.session_state.pick_becomes
    with told():
        variant = Variant(at, view.edited.sequence[at], "" if becomes == "deleted" else becomes)
        toggle(asked, written(checked(view.edited.sequence, variant)))


def toggle(asked: Asked, word: str) -> None:
    """Add a variant to those typed, or take it out where it stands there."""
    typed = asked.value("text")
    words = [w for w in typed.replace("\n", ",").replace(";", ",").split(",") if w.strip()]
    kept = [w for w in words if w.strip() != word]
    if len(kept) < len(words):
        asked.set(text=",".join(kept).strip())
    else:
        asked.set(text=f"{typed.rstrip().rstrip(',')}, {word}" if typed.strip() else word)


def clicked(asked: Asked, key: str) -> None:
    """Take what was clicked in the figure under `key`: a cell of the map, or a pin."""
    selection = st.session_state.get(key)
    points = selection["selection"]["points"] if selection else []
    words = [p.get("customdata") for p in points]
    for word in words[:1]:
        word = word[0] if isinstance(word, (list, tuple)) else word
        if isinstance(word, str):
            toggle(asked, word)

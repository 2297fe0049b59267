"""Which known motifs are looked for: those the task plants, JASPAR, or a visitor's own file, kept under a token for links."""

from collections.abc import Callable

import streamlit as st

from ..datasets import Task
from ..errors import SeqVizError
from ..motifs import hits, jaspar_release, read_motifs
from ..motifs.files import MAX_BYTES
from ..saved import save
from ..sequences.unpack import read_text
from .components import literal

FIXED = ("task", "jaspar")


def motif_choice(source: str, task: Task, take: Callable[[str], None]) -> None:
    """Show the choice of known motifs and the uploader; `take` is called with the source somebody chose.

    source : what is chosen now: "task", "jaspar" or the token of an upload.
    """
    own = source if source not in FIXED else st.session_state.get("own_motifs")
    sources = [*FIXED, *([own] if own else [])]
    release = jaspar_release()
    names = {"task": f"Those planted in {task.label}", "jaspar": f"{release.release}, {release.n_motifs:,} vertebrate motifs",
             own: "Your own upload"}
    st.session_state.known_motifs = source
    st.radio("Which known motifs are looked for?", sources, key="known_motifs", on_change=_choose, args=(take,),
             format_func=lambda name: literal(names[name]))
    st.file_uploader("Your own motifs: MEME or JASPAR, also gzipped", key="motif_file", on_change=_upload, args=(take,))
    if error := st.session_state.get("motif_error"):
        st.error(literal(error))
    st.caption(f"Up to {MAX_BYTES:,} bytes. They are kept on this server under a name made from their content, so that a copied "
               "link shows them too; whoever has that link can see them.")


def _choose(take: Callable[[str], None]) -> None:
    st.session_state.motif_error = None
    take(st.session_state.known_motifs)


def _upload(take: Callable[[str], None]) -> None:
    """Keep the file and choose it; a mistake leaves everything as it was and is told."""
    file = st.session_state.motif_file
    if file is None:
        return
    try:
        token = keep(file.getvalue())
    except SeqVizError as error:
        st.session_state.motif_error = str(error)
        return
    st.session_state.update(motif_error=None, own_motifs=token)
    take(token)


def keep(data: bytes) -> str:
    """Return the token under which a motif file is kept; raises SeqVizError for one that cannot be read or searched for."""
    text = read_text(data, MAX_BYTES)
    hits("A", read_motifs(text))  # refuses what is too much
    return save(text.encode())

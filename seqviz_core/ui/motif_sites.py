"""One motif close up: where in the sequences its sites are, and their letters. The numbers of all motifs."""

import re
from collections.abc import Callable

import numpy as np
import streamlit as st

from ..export.logos import print_motif
from ..figures.motifs import instance_stack_svg, position_histogram_svg
from ..figures.table import positions_table
from ..motifs import write_meme
from ..sequences import decode, reverse_complement_codes
from .cached import Found
from .components import literal, picture_and_numbers, svg, text_colour, theme
from .print_buttons import print_buttons
from .recovery_table import match_line

INSTANCES = 25
STRENGTH = {"filters": "the activation", "seqlets": "the sum of the attribution over the root mean square of its map",
            "modisco": "the sum of the attribution"}


def sites(found: Found, index: int, draw: Callable[[str], str], close: Callable[[], None]) -> None:
    """Show one motif's sites: where in the sequences they start, and the strongest of them letter by letter.

    draw : theme -> the motif's card, for its download
    """
    motif = found.motifs[index]
    with st.container(border=True, key="close_up"):
        st.subheader(f"Where does {motif.name} fire?" if found.kind == "filters" else f"Where is {motif.name}?")
        st.caption(f"{motif.n_sites:,} sites in {motif.fires_in:.0%} of {len(found.data):,} sequences; "
                   f"{literal(match_line(found.recovery.named[index]))}.")
        left, right = st.columns([3, 2])
        with left:
            svg(instances_svg(found, index))
            st.caption(f"Its strongest sites, aligned, with five bases on either side; at the right {STRENGTH[found.kind]}."
                       + (" Sites on strand - are turned around." if (motif.sites[:INSTANCES, 2] < 0).any() else ""))
        with right:
            length = len(motif.positions)
            starts = np.repeat(np.arange(length), motif.positions)
            svg(position_histogram_svg(starts, length, width_px=340, height_px=90, theme=theme(),
                                       text_colour=text_colour(theme())))
            st.caption("Where along the sequence its sites start.")
            picture_and_numbers("motif", draw, lambda: positions_table(starts, length))
            with st.container(horizontal=True, gap="small"):
                st.download_button("Motif (MEME)", lambda: write_meme([motif.motif]), f"seqviz-{_file_name(motif.name)}.meme",
                                   "text/plain", key="meme_motif", on_click="ignore", type="tertiary")
                print_buttons(_file_name(motif.name), lambda kind: print_motif(motif.motif.ppm(), kind))
        st.button("Close", key="close", on_click=close)


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def instances_svg(found: Found, index: int) -> str:
    """Return the strongest sites of a motif, each read along its own strand, as rows of letters."""
    motif = found.motifs[index]
    row, start, strand = motif.sites[:INSTANCES].T
    codes = found.data.codes[row]
    turned = np.where(strand[:, None] > 0, codes, reverse_complement_codes(codes))
    start = np.where(strand > 0, start, codes.shape[1] - start - motif.motif.width)
    return instance_stack_svg(decode(turned), start, motif.motif.width, limit=INSTANCES,
                              labels=[f"{value:.2g}{'' if sign > 0 else ' -'}" for value, sign in zip(motif.strengths, strand)],
                              theme=theme(), text_colour=text_colour(theme()))


def motifs_table(found: Found) -> dict[str, list]:
    """Return the numbers of every motif with its match, as columns."""
    motifs, named = found.motifs, found.recovery.named
    matches = [n.match for n in named]
    columns = {"motif": [m.name for m in motifs], "sites": [m.n_sites for m in motifs],
               "in (share of sequences)": np.array([m.fires_in for m in motifs]),
               "consensus": [m.motif.consensus if m.motif else "" for m in motifs],
               "match": [b.target.id if b else "" for b in matches], "match name": [b.target.name if b else "" for b in matches],
               "match is planted": [n.is_planted for n in named]}
    return columns | {name: [getattr(b, name) if b else "" for b in matches] for name in ("p", "e", "q", "offset", "strand")}

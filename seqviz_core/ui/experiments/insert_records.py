"""Taking some of the sequences with their inserted sites to Explore."""

import streamlit as st

from ...datasets import Site
from ...errors import SeqVizError
from ...experiments.backgrounds import backgrounds
from ...experiments.insertion import written
from ...experiments.marginal import Plan
from ...experiments.patterns import draw_sites
from ...experiments.spacing import pair_start
from ...export.sequences import sites_to_header
from ...motifs import Motif, find_motif
from ...sequences import SequenceRecord, decode
from ..records import show_records
from ..train import page_path

SHOWN = 5


def explore_these(plan: Plan) -> None:
    """Show the button that puts the first few sequences of the experiment on Explore."""
    if st.button("Put some of these sequences in Explore", key="insert_explore"):
        show_records(tuple(inserted_records(plan)))
        st.switch_page(page_path("explore"))


def inserted_records(plan: Plan) -> list[SequenceRecord]:
    """Return the first sequences of a plan with what is put in; their names state the sites, where each motif has an id."""
    n = min(plan.n, SHOWN)
    codes = backgrounds(plan.n, plan.length, gc=plan.gc, sequences=plan.sequences, seed=plan.seed)
    sites = []
    for motif, seed, start in _places(plan):
        codes = written(codes, draw_sites(motif, plan.n, seed, plan.strength), start, plan.strand)
        sites.append(Site(motif, start, start + motif.width, plan.strand))
    names = " and ".join(f"{site.motif.name} at base {site.start + 1}" for site in sites)
    known = all(_has_id(site.motif) for site in sites)
    of = "shuffle" if plan.sequences else "background"
    name = f"{names}, put into {of} {{}}" + (f", drawn with seed {plan.seed} {sites_to_header(sites)}" if known else "")
    return [SequenceRecord(name.format(i + 1), sequence) for i, sequence in enumerate(decode(codes[:n]))]


def _places(plan: Plan) -> list[tuple[Motif, int, int]]:
    """Return each motif with the seed of its sites and its start; a pair stands at its closest planted, or its widest, gap."""
    if plan.vary != "pair" or plan.second is None:
        return [(plan.first, 2 * plan.seed, plan.start)]
    pair = [(plan.first, 2 * plan.seed), (plan.second, 2 * plan.seed + 1)]
    (left, left_seed), (right, right_seed) = pair[::-1] if plan.swapped else pair
    gap = min(plan.gaps or (plan.farthest,))
    start = pair_start(plan.length, (left.width, right.width), gap)
    return [(left, left_seed, start), (right, right_seed, start + left.width + gap)]


def _has_id(motif: Motif) -> bool:
    try:
        return find_motif(motif.id) == motif
    except SeqVizError:
        return False

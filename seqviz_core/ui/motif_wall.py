"""The parts of the Motifs page: whose filters, the wall of cards, one filter close up."""

import numpy as np
import streamlit as st

from ..errors import SeqVizError
from ..figures.motifs import instance_stack_svg, motif_card_svg, position_histogram_svg
from ..figures.table import positions_table
from ..motif_discovery import GOOD_MATCH, Coverage, FilterMotif, coverage
from ..motifs import Match, write_meme
from ..sequences import decode
from .cached import Filters, Loaded, filters_of, finished_runs, load, pretrained_ids
from .components import literal, numbers, picture_and_numbers, svg, text_colour, theme
from .train import run_name

COLUMNS = 4
CARD_COLUMNS = 26  # bases a card has room for
FIRST_CARDS = 8
INSTANCES = 25


def pick_model() -> Loaded:
    """Let the visitor choose a pretrained model or a finished run; the address may name one."""
    ids = [*pretrained_ids(), *(run.id for run in finished_runs())]
    wanted = st.query_params.get("run")
    if wanted in ids and "motif_run" not in st.session_state:
        st.session_state.motif_run = wanted
    if wanted and wanted not in ids:
        st.warning(f"There is no finished run {wanted[:40]!r} here; it may have been deleted. This is another model.")
    chosen = st.selectbox("Model", ids, key="motif_run", format_func=lambda i: _name(i), persist_state="session", width=420)
    st.query_params["run"] = chosen
    return load(chosen)


def _name(run_id: str) -> str:
    run = load(run_id).run
    return f"{'Pretrained' if run_id in pretrained_ids() else 'Yours'}: {run_name(run)}"


def summary(filters: Filters) -> str:
    """Return what the filters found of what was planted, in one sentence."""
    c: Coverage = coverage(filters.planted, filters.data.motifs)
    text = f"{len(filters.data.motifs)} motifs planted: {len(c.found)} found"
    text += f", {len(c.missed)} missed ({', '.join(c.missed)})" if c.missed else ""
    if c.split:
        text += f"; {sum(map(len, c.split.values()))} filters share {len(c.split)} of them"
    text += f"; {len(c.extra)} of {len(filters.motifs)} filters match nothing planted" if c.extra else ""
    return text + (f"; {len(c.silent)} never fire{'s' * (len(c.silent) == 1)}." if c.silent else ".")


def wall(loaded: Loaded) -> None:
    """Show what the filters found, every filter as a card, and the one whose sites the visitor asked for."""
    filters = filters_of(loaded)
    st.markdown(f"**{summary(filters)}**")
    st.caption(f"A filter's logo is the average of the windows it fires on more than half as strongly as it ever does, in "
               f"{len(filters.data):,} fresh sequences of its task. Found: a column-wise correlation of at least {GOOD_MATCH}.")
    with st.container(horizontal=True, gap="small"):
        st.download_button("Motifs (MEME)", lambda: write_meme([m.motif for m in filters.motifs if m.motif]),
                           f"seqviz-{loaded.run.id}.meme", "text/plain", key="meme", on_click="ignore")
        numbers("filters", lambda: _table(filters))
    alive = [i for i, m in enumerate(filters.motifs) if m.motif is not None]
    good = [i for i in alive if best_match(filters, i)[1] == "planted"]
    _cards(filters, "Which filters match a planted motif?", good, "good", most=len(good))
    _cards(filters, "What else do filters fire on?", [i for i in alive if i not in good], "other", most=FIRST_CARDS)
    silent = [str(m.filter) for m in filters.motifs if m.motif is None]
    if silent:
        st.caption(f"No logo, since they have no site in these sequences: filter {', '.join(silent)}.")


def _cards(filters: Filters, question: str, indices: list[int], key: str, most: int) -> None:
    """Show one card a filter, the one that fires in most sequences first; beyond `most` only when asked."""
    if not indices:
        return
    st.subheader(f"{question} {len(indices)} of {len(filters.motifs)}")
    shown = indices if st.session_state.get(f"all_{key}") else indices[:most]
    for start in range(0, len(shown), COLUMNS):
        for index, column in zip(shown[start:start + COLUMNS], st.columns(COLUMNS)):
            with column:
                _card(filters, index)
        if st.session_state.get("filter") in shown[start:start + COLUMNS]:
            close_up(filters, st.session_state.filter)
    if len(indices) > most:
        st.checkbox(f"Show all {len(indices)}", key=f"all_{key}", persist_state="session")


def best_match(filters: Filters, index: int) -> tuple[Match | None, str]:
    """Return a filter's planted match where it is good, else its JASPAR match, and where the match is from."""
    planted, known = filters.planted[index], filters.known[index]
    if planted is not None and planted.score >= GOOD_MATCH:
        return planted, "planted"
    return known, "JASPAR"


def _card(filters: Filters, index: int) -> None:
    found = filters.motifs[index]
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{_label(found)}**", width="content")
            st.button("Where?", key=f"open_{found.filter}", type="tertiary", on_click=_open, args=(index,),
                      help="Where does it fire, and on what?")
        svg(card_svg(filters, index, theme(), lettered=False), width="stretch")
        st.caption(match_line(*best_match(filters, index)))


def _label(found: FilterMotif) -> str:
    return f"filter {found.filter}, fires in {found.fires_in:.0%}"


def card_svg(filters: Filters, index: int, page: str, lettered: bool = True) -> str:
    """Return a filter's logo, above that of its match where it is a good one; without labels where the page prints them."""
    found, (match, source) = filters.motifs[index], best_match(filters, index)
    good = match is not None and match.score >= GOOD_MATCH
    ppm, offset, strand = (match.target.ppm(), match.offset, match.strand) if good else (None, 0, "+")
    return motif_card_svg(found.motif.ppm(), ppm, offset=offset, strand=strand, theme=page, text_colour=text_colour(page),
                          label=_label(found), match_label=match_line(match, source), columns=CARD_COLUMNS, lettered=lettered)


def match_line(match: Match | None, source: str) -> str:
    """Return e.g. "planted GATA2 (MA0036.4), r 0.97, offset +2, strand -"; a poor match is said to be one."""
    if match is None:
        return "matches nothing"
    prefix = "" if match.score >= GOOD_MATCH else "no good match; nearest is "
    where = f"offset {match.offset:+d}, strand {match.strand}"
    return f"{prefix}{source} {match.target.name} ({match.target.id}), r {match.score:.2f}, {where}"


def _open(index: int | None) -> None:
    st.session_state.filter = index


def close_up(filters: Filters, index: int) -> None:
    """Show one filter's sites: where in the sequences they start, and the strongest of them letter by letter."""
    found: FilterMotif = filters.motifs[index]
    with st.container(border=True, key="close_up"):
        st.subheader(f"Where does filter {found.filter} fire?")
        match, source = best_match(filters, index)
        st.caption(f"{found.n_sites:,} sites in {found.fires_in:.0%} of {len(filters.data):,} sequences; "
                   f"{match_line(match, source)}.")
        length = len(found.positions)
        starts = np.repeat(np.arange(length), found.positions)
        left, right = st.columns([3, 2])
        with left:
            rows = found.sites[:INSTANCES]
            svg(instance_stack_svg(decode(filters.data.codes[rows[:, 0]]), rows[:, 1], found.motif.width, limit=INSTANCES,
                                   labels=[f"{a:.2g}" for a in found.activations[:INSTANCES]], theme=theme(),
                                   text_colour=text_colour(theme())))
            st.caption("Its strongest sites, aligned, with five bases on either side; at the right the activation.")
        with right:
            svg(position_histogram_svg(starts, length, width_px=340, height_px=90, theme=theme(),
                                       text_colour=text_colour(theme())))
            st.caption("Where along the sequence its sites start. Planted sites are anywhere: a flat picture is right.")
            picture_and_numbers("filter", lambda page: card_svg(filters, index, page), lambda: positions_table(starts, length))
        st.button("Close", key="close", on_click=_open, args=(None,))


def _table(filters: Filters) -> dict[str, list]:
    best = [best_match(filters, i) for i in range(len(filters.motifs))]
    return {"filter": [m.filter for m in filters.motifs], "sites": [m.n_sites for m in filters.motifs],
            "fires in (share of sequences)": np.array([m.fires_in for m in filters.motifs]),
            "largest activation": np.array([m.max_activation for m in filters.motifs]),
            "consensus": [m.motif.consensus if m.motif else "" for m in filters.motifs],
            "match": [b.target.id if b else "" for b, _ in best], "match name": [b.target.name if b else "" for b, _ in best],
            "match from": [source if b else "" for b, source in best], "correlation": [b.score if b else "" for b, _ in best],
            "offset": [b.offset if b else "" for b, _ in best], "strand": [b.strand if b else "" for b, _ in best]}


def no_motifs(error: SeqVizError) -> None:
    """Say why there are none and offer a model that has."""
    st.info(literal(error))
    st.button("Show the pretrained CNN's motifs", on_click=lambda: st.session_state.update(motif_run="cnn"))

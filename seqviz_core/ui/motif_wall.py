"""The parts of the Motifs page: whose motifs and read how, the wall of cards, and the sites of one that is opened."""

from typing import NamedTuple

import streamlit as st

from ..errors import SeqVizError
from ..figures.motifs import motif_card_svg
from ..motif_discovery import FilterMotif, FoundMotif, Named, why_no_modisco
from ..motifs import write_meme
from ..training import find_run
from .cached import MOTIF_SEQUENCES, Found, Loaded, filters_of, finished_runs, has_filters, load, patterns_of, pretrained_ids
from .components import literal, numbers, svg, text_colour, theme
from .motif_sites import motifs_table, sites
from .recovery_table import match_line, recovery_table, summary
from .services import job_service
from .train import page_path, run_name
from .train_link import carry, tell_gone

COLUMNS = 4
CARD_COLUMNS = 26  # bases a card has room for
FIRST_CARDS = 8
KINDS = {"filters": "Filters", "seqlets": "Attribution", "modisco": "TF-MoDISco"}
EXPLAINED = {
    "filters": "A filter's logo is the average of the windows it fires on more than half as strongly as it ever does, in {n:,} "
               "fresh sequences of its task.",
    "seqlets": "A pattern is an average of stretches (seqlets) that look alike and stand out in the corrected gradient of "
               "{n:,} fresh sequences, each explained for its own class. It needs no filters: any model has them.",
    "modisco": "A pattern of TF-MoDISco, from the corrected gradient of {n:,} fresh sequences, each explained for its own class."}
_UNBROKEN = str.maketrans({"-": "\u2011"})  # a line may not end within 2e-16


class Opened(NamedTuple):
    """The motif whose sites are shown."""

    run: str
    kind: str
    index: int


def pick() -> tuple[Loaded, str]:
    """Let the visitor choose a pretrained model or a finished run, and what its motifs are read from; the address names one."""
    ids = [*pretrained_ids(), *(run.id for run in finished_runs())]
    _follow_address(ids)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.selectbox("Model", ids, key="motif_run", format_func=_run_label, persist_state="session", width=420,
                              on_change=_write_address)
        loaded = load(chosen)
        kind = pick_kind(loaded)
    if st.query_params.get("run", chosen) == chosen:
        st.query_params["run"] = chosen
        carry(None if chosen in pretrained_ids() else loaded.run.spec)
    return loaded, kind


def _follow_address(ids: list[str]) -> None:
    """Let the choice stand at the run of the address; where that one cannot be shown, say why."""
    wanted = st.query_params.get("run")
    if wanted in ids:
        st.session_state.motif_run = wanted
        return
    if st.session_state.get("motif_run") not in ids:  # deleted in the meantime
        st.session_state.pop("motif_run", None)
    if wanted:
        _tell_missing(wanted)


def _tell_missing(run_id: str) -> None:
    """Say why the run of the address is not shown, and offer what can be done."""
    try:
        run = find_run(run_id)
    except SeqVizError as error:
        spec = tell_gone(error, "Below is another model.")
        if spec and st.button("Train it again", key="again_from_link"):
            st.switch_page(page_path("train"), query_params={"job": job_service().submit(spec)})
        return
    st.warning(f"This run has no motifs yet, as it is {run.status.state}. Below is another model.")
    if st.button("See it on the Train page", key="to_train"):
        st.switch_page(page_path("train"), query_params={"job": run.id})


def _write_address(run_id: str | None = None) -> None:
    """Let the address name the model that was chosen, by the visitor or by a button."""
    st.query_params["run"] = run_id or st.session_state.motif_run


def _run_label(run_id: str) -> str:
    return f"{'Shipped' if run_id in pretrained_ids() else 'Yours'}: {run_name(load(run_id).run)}"


def pick_kind(loaded: Loaded) -> str:
    """Let the visitor choose what the motifs are read from; a model on raw bases has no filters to choose."""
    kinds = [kind for kind in KINDS if kind != "filters" or has_filters(loaded)]
    if st.session_state.get("motif_kind") not in kinds:
        st.session_state.motif_kind = kinds[0]
    return st.segmented_control("Motifs read from", kinds, key="motif_kind", format_func=KINDS.get, required=True,
                                persist_state="session", help="What its first-layer filters fire on, or what its attribution "
                                "repeats: found by a light step of SeqViz, or by TF-MoDISco where that is installed")


def read(loaded: Loaded, kind: str) -> Found:
    """Return the motifs; where that way is closed, say why and return those of the light step."""
    if not has_filters(loaded):
        st.caption(f"This {literal(loaded.label)} reads raw bases: it has no filters.")
    if kind == "modisco" and (reason := why_no_modisco(MOTIF_SEQUENCES)):
        st.info(reason)
        kind = "seqlets"
    return filters_of(loaded) if kind == "filters" else patterns_of(loaded, kind)


def wall(loaded: Loaded, found: Found) -> None:
    """Show what was found of what was planted, every motif as a card, and the sites of the one the visitor opened."""
    st.markdown(f"**{summary(found)}**")
    st.caption(EXPLAINED[found.kind].format(n=len(found.data)))
    recovery_table(loaded, found)
    with st.container(horizontal=True, gap="small"):
        st.download_button("Motifs (MEME)", lambda: write_meme([m.motif for m in found.motifs if m.motif]),
                           f"seqviz-{loaded.run.id}.meme", "text/plain", key="meme", on_click="ignore")
        numbers("motifs", lambda: motifs_table(found))
    alive = [i for i, m in enumerate(found.motifs) if m.motif is not None]
    planted = bool(found.data.motifs)
    good = [i for i in alive if _is_good(found.recovery.named[i], planted)]
    _cards(loaded, found, f"Which {plural(found)} match a {'planted' if planted else 'known'} motif?", good, "good", len(good))
    rest = [i for i in alive if i not in good]
    _cards(loaded, found, "What else do filters fire on?" if found.kind == "filters" else "What else repeats?", rest, "other",
           FIRST_CARDS)
    silent = [str(found.motifs[i].number) for i in found.recovery.silent]
    if silent:
        st.caption(f"No logo, since they have no site in these sequences: filter {', '.join(silent)}.")


def _is_good(named: Named, planted: bool) -> bool:
    return named.is_planted if planted else named.is_known


def plural(found: Found) -> str:
    """Return what the motifs are called together."""
    return "filters" if found.kind == "filters" else "patterns"


def _cards(loaded: Loaded, found: Found, question: str, indices: list[int], key: str, most: int) -> None:
    """Show one card a motif, the one in most sequences first; beyond `most` only when asked."""
    if not indices:
        return
    st.subheader(f"{question} {len(indices)} of {len(found.motifs)}")
    shown = indices if st.session_state.get(f"all_{key}") else indices[:most]
    opened = st.session_state.get("opened_motif")
    for start in range(0, len(shown), COLUMNS):
        row = shown[start:start + COLUMNS]
        for index, column in zip(row, st.columns(COLUMNS)):
            with column:
                _card(found, Opened(loaded.run.id, found.kind, index))
        if opened and opened[:2] == (loaded.run.id, found.kind) and opened[2] in row:
            sites(found, opened[2], lambda page: card_svg(found, opened[2], page), close=lambda: _open(None))
    if len(indices) > most:
        st.checkbox(f"Show all {len(indices)}", key=f"all_{key}", persist_state="session")


def _card(found: Found, which: Opened) -> None:
    with st.container(gap="xsmall"):
        st.markdown(f"**{literal(label(found, which.index))}**")
        svg(card_svg(found, which.index, theme(), lettered=False), width="stretch")
        st.caption(literal(match_line(found.recovery.named[which.index])).translate(_UNBROKEN))
        st.button("Where?", key=f"open_{found.kind}_{found.motifs[which.index].number}", type="tertiary", on_click=_open,
                  args=(which,), help="Its sites: where in the sequences, and which letters?")


def label(found: Found, index: int) -> str:
    """Return e.g. "filter 7, fires in 12%" or "pattern 2 for GATA2, 9%": the share of sequences it is in."""
    motif: FoundMotif = found.motifs[index]
    if isinstance(motif, FilterMotif):
        return f"{motif.name}, fires in {motif.fires_in:.0%}"
    return f"{motif.name} for {found.data.classes[int(motif.targets.argmax())]}, {motif.fires_in:.0%}"


def card_svg(found: Found, index: int, page: str, lettered: bool = True) -> str:
    """Return a motif's logo, above that of its match where that is significant; without labels where the page prints them."""
    named = found.recovery.named[index]
    match = named.match if named.is_known or named.is_planted else None
    ppm, offset, strand = (match.target.ppm(), match.offset, match.strand) if match else (None, 0, "+")
    return motif_card_svg(found.motifs[index].motif.ppm(), ppm, offset=offset, strand=strand, theme=page,
                          text_colour=text_colour(page), label=label(found, index), match_label=match_line(named),
                          columns=CARD_COLUMNS, lettered=lettered)


def _open(which: Opened | None) -> None:
    st.session_state.opened_motif = which


def no_motifs(error: SeqVizError) -> None:
    """Say why there are none and offer a model that has."""
    st.info(literal(error))
    st.button("Show the pretrained CNN's motifs", on_click=_write_address, args=("cnn",))

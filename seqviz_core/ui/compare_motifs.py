"""Which planted motifs the ticked runs have found, side by side."""

import time

import streamlit as st

from ..figures.matrices import MotifCell, motif_matrix
from ..motif_discovery import Planted, explain
from .cached import MOTIF_SEED, MOTIF_SEQUENCES, Found, Loaded, filters_of, has_filters, load, patterns_of, untrained
from .compare_groups import grouped, names_of
from .compare_says import motif_sentence
from .components import figure, literal, table, theme

KINDS = {"filters": "Filters", "seqlets": "Attribution"}
UNITS = {"filters": "filter", "seqlets": "pattern"}
TRIED = 40  # sequences whose time tells that of all
MEANING = ("Found: one {unit} covers at least 70 % of the motif's information; the number is the share that the best one covers. "
           "Split: several {unit}s only together. In part: not even together. Missed: no {unit} is like it (TOMTOM, E < 0.1). "
           "Beyond one, further {unit}s of a motif are spare. Read from {n:,} fresh sequences of the task.")


def motifs_section(models: list[Loaded], names: dict[str, str]) -> None:
    """Show planted motifs against runs, for runs with the same planted motifs; attribution is read when somebody asks."""
    st.subheader("Which planted motifs has each found?")
    planted = [m for m in models if m.task.motifs]
    if not planted:
        st.caption("Nobody planted motifs in the sequences of these tasks, so there is nothing to look for.")
        return
    kind = st.segmented_control("Motifs read from", list(KINDS), key="motifs_by", default="filters", required=True,
                                format_func=KINDS.get, bind="query-params", persist_state="session",
                                help="What first-layer filters fire on, or what the attribution repeats: any model has that")
    groups = grouped(planted, lambda m: [motif.id for motif in m.task.motifs])
    for number, group in enumerate(groups):
        if len(groups) > 1:
            st.markdown(f"**{literal(' and '.join(dict.fromkeys(m.task.label for m in group)))}**")
        _group(group, names_of([m.run for m in group]), kind, number)
    st.caption(MEANING.format(unit=UNITS[kind], n=MOTIF_SEQUENCES))
    if len(planted) < len(models):
        left = ", ".join(names[m.run.id] for m in models if not m.task.motifs)
        st.caption(literal(f"Left out, since nothing was planted in their sequences: {left}."))


def _group(models: list[Loaded], names: dict[str, str], kind: str, number: int) -> None:
    """Show the runs of one set of planted motifs."""
    readable = [m for m in models if kind == "seqlets" or has_filters(m)]
    if kind == "seqlets" and not _asked(readable, names, number):
        return
    for m in (m for m in models if m not in readable):
        st.caption(literal(f"{names[m.run.id]} reads raw bases: it has no filters. Choose Attribution to compare it."))
    if not readable:
        return
    with st.spinner(f"Reading the {UNITS[kind]}s of {len(readable)} models", show_time=True):
        found = {names[m.run.id]: filters_of(m) if kind == "filters" else patterns_of(m, kind) for m in readable}
    st.markdown(literal(motif_sentence({name: f.recovery for name, f in found.items()}, UNITS[kind])))
    motifs = [row.motif.name for row in next(iter(found.values())).recovery.planted]
    cells = [[_cell(f, f.recovery.planted[i]) for f in found.values()] for i in range(len(motifs))]
    key = f"compare_motifs_{number}" if number else "compare_motifs"
    figure(motif_matrix(cells, motifs, list(found), unit=UNITS[kind], theme=theme(), uirevision=kind), key,
           lambda: _csv(found), width="content")
    with st.spinner("Reading the same models before their training", show_time=True):
        table(f"{key}_totals", _totals(readable, names, found, kind))


def _asked(models: list[Loaded], names: dict[str, str], number: int) -> bool:
    """Return whether the attribution of all these models has been asked for; else offer it with the time it will take."""
    wanted = st.session_state.setdefault("compare_seqlets", set())
    missing = [m for m in models if m.run.id not in wanted]
    if not missing:
        return True
    with st.spinner("Timing the models"):
        seconds = sum(_seconds(m.run.id, m.run.status.finished) for m in missing)
    st.markdown(literal(f"The attribution of {MOTIF_SEQUENCES:,} sequences has still to be read for "
                        f"{', '.join(names[m.run.id] for m in missing)}."))
    what = f"{len(missing)} model{'s' * (len(missing) > 1)}"
    st.button(f"Read {what} (about {max(seconds, 1):.0f} s)", key=f"read_seqlets_{number}", on_click=wanted.update,
              args=({m.run.id for m in missing},))
    return False


@st.cache_resource(max_entries=64, show_spinner=False)
def _seconds(run_id: str, finished: float) -> float:
    """Return about how long the patterns of a run take, before and after its training, from a few sequences."""
    loaded = load(run_id)
    took = []
    for n in (TRIED, TRIED, 4 * TRIED):  # the first time anything runs it takes longer
        began = time.perf_counter()
        explain(loaded.model, loaded.task.sample(n, MOTIF_SEED), loaded.task.head)
        took.append(time.perf_counter() - began)
    each = max(took[2] - took[1], 0) / (3 * TRIED)
    return 2 * (took[1] + each * (MOTIF_SEQUENCES - TRIED)) + 1  # a second to cluster and compare what was found


def _cell(found: Found, row: Planted) -> MotifCell:
    if not row.by:
        return MotifCell(row.status, 0.0, 0, f"missed: no {UNITS[found.kind]} is like it")
    best = found.recovery.named[row.by[0]].planted
    numbers = ", ".join(str(found.motifs[i].number) for i in row.by[:8]) + (" and more" if len(row.by) > 8 else "")
    return MotifCell(row.status, row.covered, len(row.by),
                     f"{row.status}, covers {row.covered:.2f}, E {best.e:.1g}; {UNITS[found.kind]}s {numbers}")


def _totals(models: list[Loaded], names: dict[str, str], found: dict[str, Found], kind: str) -> dict[str, list[str]]:
    """Return what each run found in all, beside the same model before its training."""
    before = {names[m.run.id]: untrained(m, kind) for m in models}
    unit = UNITS[kind]
    columns = {"in all": ["Planted motifs found whole", f"Planted motifs that some {unit} is like",
                          "The same before training (null)", f"{unit.capitalize()}s", f"Spare {unit}s for a motif",
                          f"{unit.capitalize()}s like nothing planted",
                          f"{unit.capitalize()}s that never fire"]}
    for name, f in found.items():
        r, n = f.recovery, len(f.recovery.planted)
        columns[name] = [f"{len(r.with_status('found'))} of {n}", f"{sum(bool(row.by) for row in r.planted)} of {n}",
                         f"{round(before[name].coverage * n)} of {n}", str(len(f.motifs)),
                         str(sum(max(len(row.by) - 1, 0) for row in r.planted)), str(len(r.extra)), str(len(r.silent))]
    if kind == "seqlets":
        columns = {name: cells[:-1] for name, cells in columns.items()}
    return columns


def _csv(found: dict[str, Found]) -> dict[str, list]:
    rows = [(name, f, row) for name, f in found.items() for row in f.recovery.planted]
    best = [f.recovery.named[row.by[0]].planted if row.by else None for _, f, row in rows]
    return {"run": [name for name, _, _ in rows], "motif": [row.motif.name for *_, row in rows],
            "motif_id": [row.motif.id for *_, row in rows], "status": [row.status for *_, row in rows],
            "covered": [row.covered for *_, row in rows], "matches": [len(row.by) for *_, row in rows],
            "by": [" ".join(str(f.motifs[i].number) for i in row.by) for _, f, row in rows],
            "p": [b.p if b else "" for b in best], "E": [b.e if b else "" for b in best]}

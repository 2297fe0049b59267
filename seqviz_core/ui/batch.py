"""Many sequences at once: what every model says of each, how that fits their labels, and a way into the workbench."""

import hashlib
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from ..export import to_fasta
from ..figures.palette import model_colour
from ..sequences import SequenceRecord, without_label
from ..training.batch import BatchScores, Judged, judge
from ..training.labels import Truth, truth_of
from . import batch_says as says
from . import batch_table as tables
from .batch_table import Filter, Scored
from .cached import Loaded
from .components import literal, numbers, table
from .sequence_bar import readable
from .workbench import model_name, short_name

FEW = 10  # sequences up to which the table waits to be asked for
EVERY, WORK, FIRST = 0.8, 0.4, 0.1  # seconds: from slice to slice, of a slice, of what a page that is just shown may spend
REFRESHED = 10  # times the table is drawn anew while it fills
HEIGHT = 318  # pixels: eight rows, so that the workbench below stays near


def batch_section(records: Sequence[SequenceRecord], loaded: Sequence[Loaded], open_row: Callable[[int], None]) -> None:
    """Show the table of the sequences at hand, where there are several; `open_row` puts one (from 0) into the workbench.

    Scores are computed in slices, kept for the whole server, and shared by everybody who looks at the same sequences.
    """
    if len(records) < 2:
        return
    many = len(records) > FEW
    label = f"{len(records):,} sequences: " + ("what does each model say of them?" if many else "show the table")
    with st.expander(label, expanded=many, key=f"batch_{'many' if many else 'few'}", on_change="rerun") as box:
        if box.open:
            _Section(tuple(records), loaded, open_row).show()


class _Section:
    """The sequences and the models of one page; it lives as long as the page's fragment does."""

    def __init__(self, records: tuple[SequenceRecord, ...], loaded: Sequence[Loaded], open_row: Callable[[int], None]):
        self.records, self.loaded, self.open_row = records, loaded, open_row
        self.digest, self.names, self.folded = _read_once(records)
        sequences = [record.sequence for record in records]
        self.scores = [_scores(m.run.id, m.run.status.finished, self.digest, m, sequences) for m in loaded]
        self.labels = tables.unique([short_name(m) for m in loaded])

    def show(self) -> None:
        if not self._stopped:
            self._work(FIRST)
        working = not (self._finished or self._stopped)
        st.session_state.batch_shown = True

        @st.fragment(run_every=EVERY if working else None)
        def live() -> None:
            just_shown = st.session_state.pop("batch_shown", False)
            if not just_shown and not self._stopped:
                self._work(WORK)
            if st.session_state.pop("batch_left", False) or (working and self._finished and not just_shown):
                st.rerun()
            self._draw()

        live()

    @property
    def _finished(self) -> bool:
        return all(scores.finished for scores in self.scores)

    @property
    def _stopped(self) -> bool:
        return st.session_state.get("batch_stopped") == self.digest

    def _work(self, seconds: float) -> None:
        """Go on scoring for about so many seconds, one model after the other."""
        end = time.perf_counter() + seconds
        for scores, loaded in zip(self.scores, self.loaded):
            if not scores.finished and (left := end - time.perf_counter()) > 0:
                scores.advance(loaded.model, left)

    def _draw(self) -> None:
        models = self._scored()
        if not self._finished:
            self._progress(models)
        chosen = min(st.session_state.get("batch_model") or 0, len(models) - 1)
        if text := says.overall(model_name(self.loaded[chosen]), models[chosen]):
            st.markdown(literal(text))
        for text in says.remarks(models):
            st.caption(literal(text))
        figures = says.metrics(models)
        if figures["Model"]:
            table("batch_metrics", figures)
        wanted = self._filters(models)
        rows = tables.rows_left(wanted, self.folded, models)
        if len(rows):
            self._table(models, rows, wanted)
        else:
            st.info("No sequence is left by this filter. Widen it: another class, a lower probability, less of a name.")
        self._below(models, rows, wanted)

    def _scored(self) -> list[Scored]:
        """Return the models with what is known of their answers."""
        found = []
        for name, run, scores in zip(self.labels, self.loaded, self.scores):
            key = (run.run.id, run.run.status.finished, self.digest)
            truth = _truth(*key, run, self.records)
            judged = None if truth is None else _judged(*key, self._stage(scores), scores, truth)
            found.append(Scored(name, run.run.spec.architecture, run.task, scores, truth, judged))
        return found

    def _stage(self, scores: BatchScores) -> int:
        """Return what tells one drawing of the table from the next: while scores come in, ten of them are enough."""
        return scores.done if scores.finished or self._stopped else -1 - scores.done * REFRESHED // scores.n

    def _progress(self, models: list[Scored]) -> None:
        done, text = says.progress(models, WORK / EVERY)
        with st.container(horizontal=True, vertical_alignment="bottom", key="batch_progress"):
            if self._stopped:
                st.progress(done, f"Stopped. {text.partition(', about')[0]}")
                st.button("Go on", key="batch_go_on", on_click=self._stop, args=(None,))
            else:
                st.progress(done, text)
                st.button("Cancel", key="batch_cancel", on_click=self._stop, args=(self.digest,))

    def _stop(self, digest: str | None) -> None:
        st.session_state.update(batch_stopped=digest, batch_left=True)

    def _open(self, row: int | None) -> None:
        if row is not None:
            self.open_row(row)
            st.session_state.batch_left = True

    def _filters(self, models: list[Scored]) -> Filter:
        """Show the filters in one row, those that apply, and return what they ask for."""
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="batch_filters"):
            text = st.text_input("Name contains", key="batch_text", type="search", live=True, width=150, persist_state="session")
            model = _choice("Calls of", range(len(models)), "batch_model", lambda i: models[i].name) if len(models) > 1 else 0
            kinds = [tables.CALLS, *([tables.WRONG, tables.FALSE_POSITIVES, tables.FALSE_NEGATIVES, tables.LABELLED]
                                     if models[model].judged is not None else []), *([tables.DIFFER] if len(models) > 1 else [])]
            which = _choice("Show", kinds, "batch_which", lambda kind: kind[0].upper() + kind[1:]) if len(kinds) > 1 else kinds[0]
            classes = models[model].task.classes
            first = 1 if models[model].task.head == "positions" else 0
            name = _choice("Class", ("", *classes[first:]), "batch_class", lambda name: name or "any class")
            least = st.number_input("Probability at least", 0.0, 1.0, 0.0, 0.05, key="batch_least", width=150,
                                    persist_state="session", help="Of the class, or of whichever is called")
        return Filter(text, model, which, classes.index(name) if name else None, least)

    def _table(self, models: list[Scored], rows: np.ndarray, wanted: Filter) -> None:
        runs = tuple((m.run.id, m.run.status.finished, self._stage(s)) for m, s in zip(self.loaded, self.scores))
        whole = _frame(self.digest, runs, self.records, self.names, models)
        key = f"batch_table_{hashlib.sha256(repr((self.digest, wanted)).encode()).hexdigest()[:8]}"  # another choice, no old row
        st.dataframe(whole if len(rows) == len(whole) else whole.iloc[rows], hide_index=True, key=key,
                     height=min(HEIGHT, 37 + 35 * len(rows)), column_config=_columns(models), selection_mode="single-row",
                     on_select=lambda: self._select(key, rows), placeholder="", alt="Predictions, a row a sequence")

    def _select(self, key: str, rows: np.ndarray) -> None:
        chosen = st.session_state[key].selection.rows
        self._open(int(rows[chosen[0]]) if chosen else None)

    def _below(self, models: list[Scored], rows: np.ndarray, wanted: Filter) -> None:
        """Show how many rows there are, a way to open one by its number, and the downloads."""
        n, left = len(self.records), [self.records[row] for row in rows]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="batch_below"):
            st.number_input("Open sequence number", 1, n, None, key=f"batch_number_{n}", placeholder=f"1 to {n:,}", width=180,
                            on_change=lambda: self._open_number(f"batch_number_{n}"))
            numbers("batch", lambda: tables.numbers_of(self.records, models))
            st.download_button(f"These {len(left):,} as FASTA", lambda: to_fasta(left), "seqviz-sequences.fasta", "text/plain",
                               key="batch_fasta", on_click="ignore", type="tertiary", disabled=not left)
            if models[wanted.model].judged is not None:
                with st.popover("Class by class", key="batch_by_class"):
                    st.markdown(literal(f"How does {models[wanted.model].name} do in each class?"))
                    table("batch_counts", says.class_by_class(models[wanted.model]))
        st.caption(f"{len(left):,} of {n:,} sequences. Click a heading to sort; tick a row, or press Shift and Space in it, to "
                   "open it in the workbench. Margin: by how many logits the call could change.")

    def _open_number(self, key: str) -> None:
        number = st.session_state[key]
        self._open(None if number is None else number - 1)


def _choice(label: str, options: Sequence, key: str, format_func: Callable) -> object:
    """Show a menu; a choice that is not on it any more becomes the first."""
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    return st.selectbox(label, options, key=key, format_func=format_func, width=155, persist_state="session")


def _columns(models: Sequence[Scored]) -> dict:
    column = st.column_config
    shown = {"number": column.NumberColumn("No.", width=60, format="%d", pinned=True),
             "name": column.TextColumn("Name", width=150, pinned=True), "label": column.TextColumn("Label", width=90),
             "length": column.NumberColumn("Length", width=70, format="%d")}
    for i, model in enumerate(models):
        shown[f"call{i}"] = column.TextColumn(f"{model.name} calls", width=100)
        shown[f"right{i}"] = column.TextColumn(f"{model.name} is", width=105, help=f"The call of {model.name} against the label")
        shown[f"p{i}"] = column.ProgressColumn("Probability", width=115, format="%.3f", min_value=0.0, max_value=1.0,
                                               color=model_colour(model.architecture),
                                               help=f"What {model.name} gives the class it finds likeliest")
        shown[f"margin{i}"] = column.NumberColumn(f"{model.name} margin", width=120, format="%.2f",
                                                  help=f"By how many logits the call of {model.name} could change")
    return shown


def _read_once(records: tuple[SequenceRecord, ...]) -> tuple[str, list[str], list[str]]:
    """Return a digest of the records, and their names as they are shown and in one case; kept while they are at hand."""
    kept = st.session_state.get("batch_records")
    if kept is None or kept[0] is not records:
        text = "\n".join(part for record in records for part in (record.name, record.sequence))
        names = [readable(without_label(record.name)) for record in records]
        kept = (records, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), names, [n.casefold() for n in names])
        st.session_state.batch_records = kept
    return kept[1:]


@st.cache_resource(max_entries=24, show_spinner=False)
def _scores(run_id: str, finished: float, digest: str, _loaded: Loaded, _sequences: Sequence[str]) -> BatchScores:
    return BatchScores(_loaded.task, _sequences)


@st.cache_resource(max_entries=24, show_spinner=False)
def _truth(run_id: str, finished: float, digest: str, _loaded: Loaded, _records: Sequence[SequenceRecord]) -> Truth | None:
    return truth_of([record.name for record in _records], _loaded.task)


@st.cache_resource(max_entries=24, show_spinner=False)
def _judged(run_id: str, finished: float, digest: str, stage: int, _scores: BatchScores, _truth: Truth) -> Judged | None:
    return judge(_scores, _truth)


@st.cache_resource(max_entries=8, show_spinner=False)
def _frame(digest: str, runs: tuple, _records: Sequence[SequenceRecord], _names: Sequence[str],
           _models: Sequence[Scored]) -> pd.DataFrame:
    return tables.table_of(_records, _names, _models)

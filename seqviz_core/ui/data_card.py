"""What a task's card shows beside its words: sequences, classes, yardsticks, downloads."""

import hashlib
from typing import NamedTuple

import numpy as np
import streamlit as st

from ..datasets import Dataset, Task
from ..datasets.facts import class_facts, label_text, stretches
from ..export import dataset_records, dataset_table, to_bed, to_csv, to_fasta
from ..figures.kinds import SiteMark
from ..figures.preview import PreviewRow
from ..sequences import decode
from ..training.baselines import Baselines, measure_baselines
from ..training.results import Scores
from .components import table

DRAWN = 400  # sequences of a drawn task that the card looks at
TAKEN = 1000  # sequences of a drawn task in a download
FIT, TEST = 2000, 1000  # sequences the baselines are fitted to and scored on
PER_BASE = 5  # times fewer where every base has a class
SEED = (2026, 11)
ROWS, MOST_ROWS = 8, 12  # of the preview: where there are few classes; where every class has one


class Card(NamedTuple):
    """A task's sequences as its card looks at them: all of given ones, else DRAWN."""

    task: Task
    data: Dataset

    def table(self) -> dict[str, list[str]]:
        """Return the previewed sequences with their labels and sites."""
        return dataset_table(_first(self.data, preview_order(self.data)))


@st.cache_resource(max_entries=32, show_spinner=False)
def _data(key: str, _task: Task) -> Dataset:
    return _task.sample(10**9 if _task.fixed else DRAWN, SEED)


def card_of(task: Task) -> Card:
    """Return the card's sequences; raises SeqVizError where none can be drawn."""
    return Card(task, _data(key_of(task), task))


def key_of(task: Task) -> str:
    """Return what tells one task with its settings from every other; short, since a setting may hold megabytes."""
    return hashlib.sha256(f"{task.name} {task!r}".encode()).hexdigest()


def preview_order(data: Dataset) -> np.ndarray:
    """Return the rows to preview: of one class each in turn, so that every class is seen; else the first ones."""
    if data.labels.ndim > 1:
        return np.arange(min(len(data), ROWS))
    turn = np.zeros(len(data), dtype=np.int64)
    for label in np.unique(data.labels):
        members = np.flatnonzero(data.labels == label)
        turn[members] = np.arange(len(members))
    chosen = np.lexsort((data.labels, turn))[:max(ROWS, min(len(data.classes), MOST_ROWS))]
    return chosen[np.argsort(data.labels[chosen], kind="stable")]


def preview_rows(data: Dataset) -> list[PreviewRow]:
    """Return the rows of the preview: what stands at the left, the letters, the planted sites, the classes of the bases."""
    rows = []
    for row in preview_order(data).tolist():
        sites = [SiteMark(s.motif.name, s.start, s.end, s.strand) for s in data.sites_of(row)]
        label = f"sequence {row + 1}" if data.labels.ndim > 1 and data.labels.dtype.kind != "f" else label_text(data, row)
        rows.append(PreviewRow(label, decode(data.codes[row:row + 1])[0], sites, stretches(data, row)))
    return rows


def _first(data: Dataset, rows: np.ndarray) -> Dataset:
    """Return these rows of the data, with their sites."""
    place = {int(row): new for new, row in enumerate(rows)}
    kept = np.flatnonzero(np.isin(data.sites.sequence, rows))
    columns = {name: column[kept] for name, column in vars(data.sites).items()}
    columns["sequence"] = np.array([place[int(s)] for s in columns["sequence"]], dtype=np.int64)
    order = np.argsort(columns["sequence"], kind="stable")
    sites = type(data.sites)(**{name: column[order] for name, column in columns.items()})
    return Dataset(data.codes[rows], data.labels[rows], sites, data.classes, data.motifs)


def facts_table(card: Card) -> None:
    """Show each class's share, GC content and planted sites."""
    st.subheader("What is in each class?")
    facts = class_facts(card.data)
    counted = "bases" if card.task.head == "positions" else "sequences"
    columns = {"label" if card.task.head == "sigmoid" else "class": [f.name for f in facts],
               counted: [f"{f.n:,}" for f in facts], "share": [f"{f.share:.1%}" for f in facts],
               "GC": [f"{f.gc:.2f} ± {f.gc_spread:.2f}" if f.gc == f.gc else "" for f in facts]}
    if card.data.motifs:
        columns["sites each"] = [f"{f.sites:.1f}" for f in facts]
    table("facts", columns)
    of = "all of them" if card.task.fixed else f"{len(card.data):,} drawn for this card"
    st.caption(f"Of {of}. GC: mean and standard deviation from sequence to sequence.")


def yardsticks(task: Task) -> None:
    """Show how far simple models get and what is possible; measured when somebody asks, then remembered."""
    st.subheader("How far do simple models get?")
    key = key_of(task)
    asked = st.session_state.setdefault("measured", set())
    if key not in asked:
        st.markdown("GC content alone, short words, the best motif and, where it has a closed form, the Bayes ceiling: what a "
                    "network has to beat, and what none can.")
        st.button("Measure", key="measure", on_click=asked.add, args=(key,), help="A few seconds")
        return
    with st.spinner("Fitting the simple models", show_time=True):
        found = _measured(key, task)
    table("yardsticks", _columns(found.baselines))
    missing = "" if found.baselines.ceiling or task.fixed else " The Bayes ceiling of this task has no closed form."
    st.caption(f"Fitted to {found.n_train:,} sequences, scored on {found.n_test:,} others; AUROC and AUPRC are means over the "
               f"questions asked.{missing}")


class Measured(NamedTuple):
    """The baselines of a task, and on how many sequences they were fitted and scored."""

    baselines: Baselines
    n_train: int
    n_test: int


@st.cache_resource(max_entries=32, show_spinner=False)
def _measured(key: str, _task: Task) -> Measured:
    fit, score = (n // (PER_BASE if _task.head == "positions" else 1) for n in (FIT, TEST))
    if _task.fixed:
        train, test = _task.split("train", fit, 0), _task.split("test", score, 0)
    else:
        train, test = _task.sample(fit, (*SEED, 1)), _task.sample(score, (*SEED, 2))
    return Measured(measure_baselines(_task, train, test), len(train), len(test))


def _columns(found: Baselines) -> dict[str, list[str]]:
    """Return the table of the yardsticks, from guessing to the ceiling."""
    known = found.gc
    rows = [("guessing", Scores(known.majority, 0.5, known.prevalence)), ("GC content only", found.gc),
            (found.kmer_name, found.kmer), (found.pwm_name, found.pwm), ("Bayes ceiling", found.ceiling)]
    rows = [(name, scores) for name, scores in rows if scores]
    number = lambda value: "" if value is None or value != value else f"{value:.3f}"
    return {"model": [name[:1].upper() + name[1:] for name, _ in rows], "accuracy": [number(s.accuracy) for _, s in rows],
            "AUROC": [number(s.auroc) for _, s in rows], "AUPRC": [number(s.auprc) for _, s in rows]}


def downloads(task: Task, card: Card) -> None:
    """Show the downloads: sequences with their labels and planted sites, made when somebody asks."""
    taken = lambda: card.data if task.fixed else task.sample(TAKEN, SEED)
    n = len(card.data) if task.fixed else TAKEN
    st.download_button("FASTA", lambda: to_fasta(dataset_records(taken(), task.name)), f"seqviz-{task.name}.fasta", "text/plain",
                       key="data_fasta", on_click="ignore", type="tertiary", help=f"{n:,} sequences, label and planted sites in "
                                                                                   "each header")
    if card.data.motifs:
        st.download_button("Planted sites (BED)", lambda: to_bed(dataset_records(taken(), task.name)), f"seqviz-{task.name}.bed",
                           "text/plain", key="data_bed", on_click="ignore", type="tertiary",
                           help="Where motifs were planted in the sequences of the FASTA file; positions count from 0")
    st.download_button("Table (CSV)", lambda: to_csv(dataset_table(taken())), f"seqviz-{task.name}.csv", "text/csv",
                       key="data_csv", on_click="ignore", type="tertiary", help=f"{n:,} rows: sequence, label, planted sites")

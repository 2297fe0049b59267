"""What pages compute once and share: models, traces, attributions, filter motifs; keyed by ids and sequences.

Everything returned here is shared by all visitors: read it, never write into it.
"""

from collections.abc import Callable, Hashable
from functools import cache
from typing import NamedTuple, TypeVar

import streamlit as st
import torch

from ..attribution import At, Attribution, attribute
from ..datasets import Dataset, Task
from ..errors import SeqVizError
from ..experiments import Knockout, strongest_filter
from ..experiments.temporal_output import TemporalOutput, temporal_output
from ..models import ARCHITECTURES, Trace, record
from ..motif_discovery import FoundMotif, Measures, Recovery, explain, filter_motifs, modisco_motifs, recovery, seqlet_motifs
from ..motifs import Hits
from ..sequences import one_hot_encode
from ..training import Run, default_store, find_run, pretrained_store
from .answers import Answer, answer_of
from .hit_tracks import Known, hits_of, known_motifs

LONG = 2000  # bases; traces of longer sequences are kept only a few at a time
MOTIF_SEQUENCES = 2000  # sequences the filters are read from
MOTIF_SEED = (2026, 3)
Result = TypeVar("Result")


class Loaded(NamedTuple):
    """A run with its model in memory, in eval mode, and its task."""

    run: Run
    model: torch.nn.Module
    task: Task

    @property
    def label(self) -> str:
        return ARCHITECTURES[self.run.spec.architecture].label


@cache
def pretrained_ids() -> tuple[str, ...]:
    """Return the shipped runs, in the architectures' order; they stay the same while the server runs."""
    order = ARCHITECTURES.names()
    done = [run for run in pretrained_store().runs() if run.status.state == "done"]
    return tuple(run.id for run in sorted(done, key=lambda run: order.index(run.spec.architecture)))


def finished_runs() -> list[Run]:
    """Return the visitors' runs that have weights, newest first."""
    return [run for run in default_store().runs() if run.status.state == "done"]


def load(run_id: str) -> Loaded:
    """Return a finished run's model; raises SeqVizError where it is missing, unfinished or broken."""
    run = find_run(run_id)
    if run.status.state != "done":
        raise SeqVizError(f"Run {run_id} is {run.status.state}; only a finished run can be opened.")
    return _load(run_id, run.status.finished)


@st.cache_resource(max_entries=24, show_spinner=False)
def _load(run_id: str, finished: float) -> Loaded:
    run = find_run(run_id)
    return Loaded(run, run.load_model(), run.spec.make_task())


def one_hot(sequence: str) -> torch.Tensor:
    """Return (1, 4, L)."""
    return torch.from_numpy(one_hot_encode([sequence]))


def trace_of(loaded: Loaded, sequence: str) -> Trace:
    kept = _trace if len(sequence) <= LONG else _long_pattern if _attends(loaded) else _long_trace
    return kept(loaded.run.id, loaded.run.status.finished, sequence)


def _attends(loaded: Loaded) -> bool:
    return any(getattr(part, "kind", "") == "attention" for part in loaded.model.modules())


def _record(run_id: str, sequence: str) -> Trace:
    return record(load(run_id).model, one_hot(sequence))


# Three functions: Streamlit keeps one cache for a function, and empties it when it is asked for another size.
@st.cache_resource(max_entries=48, show_spinner=False)
def _trace(run_id: str, finished: float, sequence: str) -> Trace:
    return _record(run_id, sequence)


@st.cache_resource(max_entries=12, show_spinner=False)  # a convolution or LSTM at 10,000 bases: about 10 MB each
def _long_trace(run_id: str, finished: float, sequence: str) -> Trace:
    return _record(run_id, sequence)


@st.cache_resource(max_entries=4, show_spinner=False)  # attention at 10,000 bases: 128 MB each
def _long_pattern(run_id: str, finished: float, sequence: str) -> Trace:
    return _record(run_id, sequence)


def answered(loaded: Loaded, sequence: str) -> Answer:
    """Return what the model answers; raises SeqVizError where it cannot read the sequence."""
    return _answered(loaded.run.id, loaded.run.status.finished, sequence)


@st.cache_resource(max_entries=256, show_spinner=False)  # of a long reference the answer is kept when its trace is not
def _answered(run_id: str, finished: float, sequence: str) -> Answer:
    loaded = load(run_id)
    return answer_of(loaded.task, trace_of(loaded, sequence).logits[0].numpy())


def attribution_of(loaded: Loaded, sequence: str, method: str, target: int | At, corrected: bool) -> Attribution:
    """Return the attribution of one sequence; raises SeqVizError where the method does not apply to it."""
    return _attribution(loaded.run.id, loaded.run.status.finished, sequence, method, target, corrected)


@st.cache_resource(max_entries=96, show_spinner="Asking the model about every change")
def _attribution(run_id: str, finished: float, sequence: str, method: str, target: int | At, corrected: bool) -> Attribution:
    return attribute(method, load(run_id).model, one_hot(sequence), target, corrected=corrected)


def reading_of(loaded: Loaded, sequence: str, target: int | At) -> TemporalOutput:
    """Return the logit of every prefix and suffix of the sequence."""
    return _reading(loaded.run.id, loaded.run.status.finished, sequence, target)


@st.cache_resource(max_entries=48, show_spinner="Asking the model about every prefix and suffix")
def _reading(run_id: str, finished: float, sequence: str, target: int | At) -> TemporalOutput:
    return temporal_output(load(run_id).model, one_hot(sequence), target)


def knockout_of(loaded: Loaded, sequence: str, target: int | At) -> Knockout | None:
    """Return the filter that carries the prediction; None for a model without filters or where no filter does."""
    return _knockout(loaded.run.id, loaded.run.status.finished, sequence, target)


@st.cache_resource(max_entries=96, show_spinner=False)
def _knockout(run_id: str, finished: float, sequence: str, target: int | At) -> Knockout | None:
    model = load(run_id).model
    probe = getattr(model, "first_map", None)
    return strongest_filter(model, one_hot(sequence), target, probe) if probe else None


def hits_in(loaded: Loaded, source: str, sequence: str) -> tuple[Known, Hits]:
    """Return the known motifs of a source ("task" for those of the model's task) and where they match the sequence."""
    return _hits(source, loaded.run.id if source == "task" else "", sequence)


@st.cache_resource(max_entries=96, show_spinner=False)
def _hits(source: str, run_id: str, sequence: str) -> tuple[Known, Hits]:
    known = known_motifs(source, load(run_id or pretrained_ids()[0]).task)
    return known, hits_of(sequence, known)


class Found(NamedTuple):
    """Motifs of a model, read from its filters or from its attribution, what they are like, and the sequences they are from."""

    kind: str  # "filters", "seqlets" or "modisco"
    motifs: list[FoundMotif]
    recovery: Recovery
    data: Dataset


def has_filters(loaded: Loaded) -> bool:
    """Return whether the model begins with a convolution on the sequence."""
    return getattr(loaded.model, "first_map", None) is not None


def filters_of(loaded: Loaded) -> Found:
    """Return the filters as motifs, read from fresh sequences of the model's own task.

    Raises SeqVizError for a model without convolutions.
    """
    if not has_filters(loaded):
        raise SeqVizError(f"This {loaded.label} reads raw bases: it has no filters. Its seqlets show what it looks for.")
    return _filters(loaded.run.id, loaded.run.status.finished)


@st.cache_resource(max_entries=16, show_spinner=False)
def _filters(run_id: str, finished: float) -> Found:
    loaded = load(run_id)
    data = loaded.task.sample(MOTIF_SEQUENCES, MOTIF_SEED)
    motifs = filter_motifs(loaded.model, data.codes)
    return Found("filters", motifs, recovery(motifs, data.motifs), data)


def patterns_of(loaded: Loaded, kind: str) -> Found:
    """Return the patterns of the model's attribution, of fresh sequences of its own task.

    kind : "seqlets", the light step, or "modisco", TF-MoDISco. Raises SeqVizError where that is missing or refuses.
    """
    return _patterns(loaded.run.id, loaded.run.status.finished, kind)


@st.cache_resource(max_entries=16, show_spinner="Asking the model about 2,000 sequences")
def _patterns(run_id: str, finished: float, kind: str) -> Found:
    loaded = load(run_id)
    data = loaded.task.sample(MOTIF_SEQUENCES, MOTIF_SEED)
    explained = explain(loaded.model, data, loaded.task.head)
    motifs = seqlet_motifs(data, explained) if kind == "seqlets" else modisco_motifs(data, explained)
    return Found(kind, motifs, recovery(motifs, data.motifs), data)


def untrained(loaded: Loaded, kind: str) -> Measures:
    """Return the measures of "filters" or "seqlets" in the same model before its training: what chance and the data give."""
    return _untrained(loaded.run.id, loaded.run.status.finished, kind)


@st.cache_resource(max_entries=64, show_spinner="Comparing with the model before its training")
def _untrained(run_id: str, finished: float, kind: str) -> Measures:
    loaded = load(run_id)
    model, data = loaded.run.spec.make_model().eval(), loaded.task.sample(MOTIF_SEQUENCES, MOTIF_SEED)
    filters = kind == "filters"
    motifs = filter_motifs(model, data.codes) if filters else seqlet_motifs(data, explain(model, data, loaded.task.head))
    return recovery(motifs, data.motifs).measures


def computed(function: Callable[..., Result], loaded: Loaded, *args: Hashable) -> Result:
    """Return function(loaded, *args), computed once for all visitors.

    function : of a module, not a lambda; it must depend on the model and these arguments alone (text, numbers, tuples, frozen
    dataclasses). What it returns is shared: read it, never write into it. What it raises is not kept.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return _computed(name, loaded.run.id, loaded.run.status.finished, args, lambda: function(loaded, *args))


@st.cache_resource(max_entries=200, show_spinner=False)
def _computed(name: str, run_id: str, finished: float, args: tuple, _compute: Callable[[], Result]) -> Result:
    return _compute()

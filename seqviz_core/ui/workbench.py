"""What the Explore page shows, computed from the view: the sequences the models read, and what every model answers."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from ..attribution import At
from ..datasets import Site
from ..errors import SeqVizError
from ..experiments.differences import reversed_alignment
from ..export import moved_sites, sites_from_header
from ..models import Trace
from ..sequences import Alignment, align, reverse_complement
from ..state import ViewState
from ..training import Run, find_run
from .answers import Answer
from .cached import Loaded, answered, load, pretrained_ids, trace_of
from .components import literal
from .view_state import set_view, view_state

MOST_MODELS = 8  # on the ruler: more cannot be told apart, and each is asked anew at every edit


@dataclass(frozen=True)
class Read:
    """A sequence as the models read it, with the sites planted in it."""

    sequence: str
    sites: tuple[Site, ...]


@dataclass(frozen=True, eq=False)
class View:
    """Everything on the screen.

    edited, reference : the sequence with and without its edits, on the strand in view; the same where nothing is edited.
    alignment : of the edited one on the reference. models : by run id, in the order of the ruler; the one in focus is among them.
    answers, answers_before : of each model to the edited sequence and to the reference.
    class_name : the class that is explained, in the model in focus; unless somebody chose it, the likeliest before the edits.
    """

    state: ViewState
    edited: Read
    reference: Read
    alignment: Alignment
    models: dict[str, Loaded]
    focus: str
    answers: dict[str, Answer]
    answers_before: dict[str, Answer]
    class_name: str

    @property
    def is_edited(self) -> bool:
        return self.edited.sequence != self.reference.sequence

    @property
    def layer(self) -> str:
        """Which layer is drawn: without edits there is only one."""
        return self.state.layer if self.is_edited else "edited"

    @property
    def shown(self) -> Read:
        """The sequence under the ruler."""
        return self.reference if self.layer == "reference" else self.edited

    @property
    def loaded(self) -> Loaded:
        """The model in focus."""
        return self.models[self.focus]

    @property
    def inside(self) -> list[str]:
        """The runs whose maps, gates and attention are drawn."""
        return list(self.models) if self.state.inside == "every" else [self.focus]

    def answer(self, run: str, read: Read | None = None) -> Answer:
        return (self.answers_before if (read or self.shown) is self.reference else self.answers)[run]

    def class_index(self, run: str) -> int:
        """Return the class that is explained in a model: the one explained in the focus, or where it has none, its likeliest."""
        classes = self.models[run].task.classes
        return classes.index(self.class_name) if self.class_name in classes else self.answers_before[run].best

    def target(self, run: str, read: Read | None = None) -> int | At:
        """Return what is explained: the class's logit, at the base where it is likeliest for a model that answers per base."""
        return self.answer(run, read).target(self.class_index(run))

    def explained(self, run: str) -> str:
        """Return the class's name, with the base where the model answers per base."""
        name, target = self.models[run].task.classes[self.class_index(run)], self.target(run)
        return f"{name} at base {target.position + 1:,}" if isinstance(target, At) else name

    def scored_sites(self, run: str) -> list[Site]:
        """Return the planted sites that speak for the explained class: those of its motif, or all where classes are no motifs."""
        task = self.models[run].task
        name = task.classes[self.class_index(run)]
        if {m.name for m in task.motifs} & set(task.classes):
            return [s for s in self.shown.sites if s.motif.name == name]
        return [s for s in self.shown.sites if s.motif in task.motifs]

    @property
    def truth_known(self) -> bool:
        """Whether the name says where motifs were planted, or that none was."""
        return bool(self.reference.sites) or re.search(r"\| synthetic\b|\bdrawn with seed \d", self.state.name) is not None

    def trace(self, run: str, read: Read | None = None) -> Trace:
        return trace_of(self.models[run], (read or self.shown).sequence)


def the_view() -> View:
    """Return what is on the screen; raises SeqVizError where no model can read the sequence."""
    state = view_state()
    edited, reference, alignment = _reads(state)
    models, answers, before = _asked(state, edited.sequence, reference.sequence)
    focus = state.focus if state.focus in models else next(iter(models))
    classes = models[focus].task.classes
    name = state.target if state.target in classes else classes[before[focus].best]
    return View(state, edited, reference, alignment, models, focus, answers, before, name)


def _reads(state: ViewState) -> tuple[Read, Read, Alignment]:
    """Return the edited sequence and its reference with their sites, on the strand in view, and how one lies on the other."""
    alignment, length = align(state.reference, state.steps), len(state.reference)
    sites = stated_sites(state)
    edited = Read(state.sequence, tuple(moved_sites(sites, alignment)))
    reference = Read(state.reference, tuple(sites))
    if state.strand == "-":
        return turned(edited), turned(reference), reversed_alignment(alignment, length)
    return edited, reference, alignment


def turned(read: Read) -> Read:
    """Return the other strand, with the sites where they lie on it."""
    n = len(read.sequence)
    sites = [s._replace(start=n - s.end, end=n - s.start, strand="-" if s.strand == "+" else "+") for s in reversed(read.sites)]
    return Read(reverse_complement(read.sequence), tuple(sites))


def stated_sites(state: ViewState) -> list[Site]:
    """Return the planted sites the record's name states; a wrong statement is told and leaves none."""
    try:
        return sites_from_header(state.name, len(state.reference))
    except SeqVizError as error:
        st.warning(literal(error))
        return []


def _asked(state: ViewState, edited: str, reference: str) -> tuple[dict[str, Loaded], dict[str, Answer], dict[str, Answer]]:
    """Return models and answers of those that can read both sequences; the others are told, and so are missing runs."""
    models, answers, before, problems = {}, {}, {}, []
    for model in models_there(state):
        run_id = model.run.id
        try:
            answers[run_id], before[run_id], models[run_id] = answered(model, edited), answered(model, reference), model
        except SeqVizError as error:
            problems.append(f"{model_name(model)} is left out. {error}")
    if not models:
        raise SeqVizError(" ".join(problems) or "No model can be shown.")
    if (n := len(state.models)) > MOST_MODELS:
        problems.append(f"{n} models are chosen; the first {MOST_MODELS} are on the ruler. Take some out under Models.")
    for problem in problems:
        st.warning(literal(problem))
    return models, answers, before


def models_there(state: ViewState) -> list[Loaded]:
    """Return the models of the view that are here, or where none is the shipped ones; why one is missing is kept to be told."""
    found, missing = [], {}
    for run_id in wanted_runs(state):
        try:
            found.append(load(run_id))
        except SeqVizError as error:
            missing[run_id] = str(error)
    st.session_state.missing_runs = missing
    return found or [load(run_id) for run_id in pretrained_ids()]


def wanted_runs(state: ViewState) -> list[str]:
    """Return the runs on the ruler: the first MOST_MODELS of the view, without any the shipped ones."""
    return list(state.models or pretrained_ids())[:MOST_MODELS]


def open_run(run_id: str) -> None:
    """Put a run in front of the models on the ruler, and look into it."""
    state = view_state()
    others = [run for run in wanted_runs(state) if run != run_id]
    set_view(replace(state, models=(run_id, *others) if run_id not in pretrained_ids() else state.models, focus=run_id,
                     target="", unit=None, map_layer="", head="", direction="", cell=None))


def model_name(loaded: Loaded) -> str:
    """Return "CNN" for a pretrained model, "your CNN (One motif)" for a run; of two alike, with what tells them apart."""
    if loaded.run.id in pretrained_ids():
        return loaded.label
    return f"your {loaded.label} ({', '.join(filter(None, [loaded.task.label, _control(loaded.run), _apart(loaded.run)]))})"


def short_name(loaded: Loaded) -> str:
    """Return "your CNN" for a run, where there is little room."""
    if loaded.run.id in pretrained_ids():
        return loaded.label
    return " ".join(filter(None, [f"your {loaded.label}", _control(loaded.run), _apart(loaded.run)]))


def _control(run: Run) -> str:
    """Return what keeps a control run from being taken for a run."""
    return "labels permuted" if run.spec.training.permute_labels else ""


def _apart(run: Run) -> str:
    """Return "seed 3" where another run on the ruler has the same architecture and task, its id where also the seed; else ""."""
    alike = []
    for run_id in wanted_runs(view_state()):
        with suppress(SeqVizError):  # a run that is gone is told elsewhere
            other = find_run(run_id)
            if run_id != run.id and run_id not in pretrained_ids() and _kind(other) == _kind(run):
                alike.append(other.spec.training.seed)
    seed = run.spec.training.seed
    return "" if not alike else run.id[:6] if seed in alike else f"seed {seed}"


def _kind(run: Run) -> tuple[str, str]:
    return run.spec.architecture, run.spec.task

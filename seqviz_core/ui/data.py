"""The parts of the Data page: which task, and its card: what is asked, what it looks like, how far simple models get."""

from typing import Any

import streamlit as st

from ..datasets import DATASETS, DatasetEntry, Task, make_task
from ..datasets.reading import SHUFFLES
from ..errors import SeqVizError
from ..figures.preview import preview_svg
from ..settings import settings_of
from .cached import finished_runs
from .components import literal, picture_and_numbers, svg, text_colour, theme
from .data_card import Card, card_of, downloads, facts_table, preview_rows, yardsticks
from .forms import settings_form
from .own_data import own_data
from .records import show_task
from .sequence_bar import counted
from .train import page_path

KINDS = {"planted": "Planted", "trap": "Faulty on purpose", "real": "Real", "own": "Your own"}
OWN = "labelled"


def kind_of(entry: DatasetEntry) -> str:
    """Return which of KINDS a task is."""
    if entry.name == OWN:
        return "own"
    return "trap" if entry.trap else "real" if entry.source else "planted"


def pick_task() -> str:
    """Let the visitor choose a kind of task and one of that kind; return its name, which the address keeps."""
    kinds = {kind: [e.name for e in DATASETS if kind_of(e) == kind] for kind in KINDS}
    kinds = {kind: names for kind, names in kinds.items() if names}
    wanted = st.query_params.get("task")
    if wanted in DATASETS and "data_kind" not in st.session_state:
        kind = kind_of(DATASETS[wanted])
        st.session_state.update({"data_kind": kind, f"data_task.{kind}": wanted})
    elif wanted and wanted not in DATASETS:
        st.warning(literal(f"There is no task {wanted[:40]!r} on this server. Below is another one; choose any of them here."))
    st.session_state.setdefault("data_kind", next(iter(kinds)))
    kind = st.segmented_control("Kind of task", list(kinds), key="data_kind", required=True, format_func=KINDS.get,
                                persist_state="session")
    names = kinds[kind]
    chosen = names[0]
    if len(names) > 1:
        st.session_state.setdefault(f"data_task.{kind}", names[0])
        chosen = st.pills("Task", names, key=f"data_task.{kind}", required=True, persist_state="session",
                          format_func=lambda name: DATASETS[name].label)
    st.query_params["task"] = chosen
    return chosen


def show_data(name: str) -> None:
    """Show the settings and the card of a task; settings that are refused are told, with a way back."""
    entry = DATASETS[name]
    st.subheader(entry.label)
    st.markdown(entry.summary)
    buttons, remark = st.container(horizontal=True, gap="small", key="data_actions"), st.container()
    preset, values = _settings(entry)
    try:
        task = make_task(name, values)
        with st.spinner("Drawing sequences", show_time=True):
            card = card_of(task)
    except SeqVizError as error:
        st.error(literal(error))
        _ways_back(entry, preset, offer_shuffles=name == OWN and SHUFFLES in str(error))
        return
    with buttons:
        _actions(task, card, preset)
    if getattr(task, "is_example", False):
        remark.info("These are example sequences, half of them with an E-box. Replace them with your own.")
    _about(entry, task, card)
    _preview(card)
    left, right = st.columns(2, gap="large")
    with left:
        facts_table(card)
    with right:
        yardsticks(task)


def _settings(entry: DatasetEntry) -> tuple[str, dict[str, Any]]:
    """Show what can be set; return the preset it starts from and the values."""
    key = f"data_preset.{entry.name}"
    if entry.name == OWN:
        own_data(_key(entry.name, "default", "text"))
    with st.expander("Settings", expanded=entry.name == OWN):
        if len(entry.presets) > 1:
            st.selectbox("Start from", list(entry.presets), key=key, persist_state="session")
        preset = st.session_state.get(key, next(iter(entry.presets)))
        return preset, settings_form(entry.task, f"data.{entry.name}.{preset}", entry.presets[preset])


def _key(name: str, preset: str, setting: str) -> str:
    return f"data.{name}.{preset}.{setting}"


def _ways_back(entry: DatasetEntry, preset: str, offer_shuffles: bool) -> None:
    """Show the ways out of settings that are refused."""
    with st.container(horizontal=True, gap="small"):
        if offer_shuffles:
            st.button("Make negatives by shuffling", key="use_shuffles", type="primary", on_click=st.session_state.update,
                      args=({_key(entry.name, preset, "negatives"): SHUFFLES},))
        st.button("Back to the example" if entry.name == OWN else "Back to the defaults", key="data_reset", on_click=_reset,
                  args=(entry, preset))


def _reset(entry: DatasetEntry, preset: str) -> None:
    for s in settings_of(entry.task):
        st.session_state[_key(entry.name, preset, s.name)] = getattr(entry.presets[preset], s.name)


def _actions(task: Task, card: Card, preset: str) -> None:
    """Show the ways on: to training, to a look inside, and out."""
    if st.button("Train on this", key="train_on_this", type="primary"):
        hand_over(task, preset)
        st.switch_page(page_path("train"))
    if st.button("Open an example in Explore", key="open_example"):
        show_task(task, always=True)
        trained = next((run for run in finished_runs() if run.spec.task == task.name  # it knows this task's classes
                        and run.spec.task_settings.get("text") == getattr(task, "text", None)), None)
        st.switch_page(page_path("explore"), query_params={"run": trained.id} if trained else {})
    downloads(task, card)


def hand_over(task: Task, preset: str) -> None:
    """Let the Train form stand at this task, with its settings as they are here."""
    st.session_state.update({"task": task.name, f"preset.task.{task.name}": preset})
    for s in settings_of(task):
        st.session_state[f"task.{task.name}.{preset}.{s.name}"] = getattr(task, s.name)


ASKED = {"softmax": "one of {n} classes: {names}", "sigmoid": "which of {n} labels, any number of them at once: {names}",
         "positions": "at every base, one of {n} classes: {names}"}


def _about(entry: DatasetEntry, task: Task, card: Card) -> None:
    """Print what is asked, what makes it hard, what is wrong with it where it is faulty, and where it comes from."""
    if entry.trap:
        st.warning(f"**Faulty on purpose.** {entry.trap}")
    names = ", ".join(task.classes) if len(task.classes) <= 12 else f"{', '.join(task.classes[:10])} and others"
    asked = ASKED[task.head].format(n=len(task.classes), names=literal(names))
    amount = f"{counted(len(card.data), 'sequence')}, given" if task.fixed else "as many sequences as you like, drawn fresh"
    lines = [f"**Asked:** {asked}.", f"**Data:** {amount}; {counted(task.length, 'base')} each."]
    if entry.difficulty:
        lines.append(f"**What makes it hard:** {entry.difficulty}")
    if task.fixed:
        lines.append(f"**Parts:** fold {task.fold} of 10 tests, the next validates, the rest trains; copies and reverse "
                     "complements stay together.")
    if entry.source:
        lines.append(f"**Source:** {literal(entry.source.citation)} Licence {entry.source.licence}. {entry.source.url}")
    st.markdown("  \n".join(lines))
    for notice in getattr(task, "notices", ()):
        (st.warning if notice.startswith("Beware") else st.caption)(literal(notice))


def _preview(card: Card) -> None:
    """Show a few sequences of each class on one ruler."""
    planted = bool(card.data.motifs)
    st.subheader("Where were motifs planted?" if planted else "What do the sequences look like?")
    rows = preview_rows(card.data)
    draw = lambda page: preview_svg(rows, theme=page, text_colour=text_colour(page))
    with st.container(key="preview"):
        svg(draw(theme()))
    boxes = "A box is a planted site; its tip points the way the motif reads. " if planted else "Nothing was planted here. "
    marks = "A mark below a sequence is a base of the class in its colour. " if card.task.head == "positions" else ""
    st.caption(f"{boxes}{marks}{len(rows)} of {len(card.data):,} sequences.")
    picture_and_numbers("preview", draw, lambda: card.table())

"""Tools of the Experiments and Trust pages: one decorated file each, its settings kept in the address.

    @dataclass(frozen=True)
    class InsertSettings:
        motif: str = setting("", "Motif", help="...")
        n: int = setting(100, "Backgrounds", low=10, high=2000)

    @tool(EXPERIMENTS, "insert", label="Insert", question="Does the motif do anything by itself?", settings=InsertSettings,
          order=2, shows="It is put into backgrounds, beside its shuffled letters.")
    def insert(view: View, asked: Asked) -> None:
        asked.row("motif", "n")               # widgets side by side, each under its label
        settings = asked.checked()            # an InsertSettings; raises SeqVizError, which the page tells
        ...
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import streamlit as st

from ..errors import SeqVizError
from ..registry import Registry
from ..saved import load, save
from ..settings import Setting, check_settings, settings_of
from .components import literal, told
from .forms import LONGEST_TEXT, help_of, step_of
from .view_state import change, view_state
from .workbench import View

FALSE, TRUE = "off", "on"
LONGEST_IN_LINK = 1000  # characters of a text; a longer one is kept on the server and the address holds its token
SAVED = "saved:"


@dataclass(frozen=True)
class Tool:
    """A registered tool.

    shows : one sentence under its question: what is done, and what the answer is held against. settings : a frozen dataclass of
    `setting` fields. show : draws the tool.
    """

    name: str
    label: str
    question: str
    shows: str
    settings: type
    show: Callable[[View, "Asked"], None]


EXPERIMENTS: Registry[Tool] = Registry("experiment")
TRUST: Registry[Tool] = Registry("check")


def tool(page: Registry[Tool], name: str, *, label: str, question: str, settings: type, shows: str,
         order: int = 100) -> Callable:
    """Register a function (view, asked) -> None as a tool of a page; its label stands on the page's row of choices."""
    def register(show: Callable[[View, Asked], None]) -> Callable[[View, Asked], None]:
        page.register(name, Tool(name, label, question, shows, settings, show), origin=show.__module__, order=order)
        return show
    return register


class Asked:
    """The settings of the open tool: what the view holds of them as text, their widgets, and the checked whole.

    Widgets own nothing: each shows the view's value and hands its change to the view, and so to the address.
    """

    def __init__(self, entry: Tool, texts: Iterable[tuple[str, str]]):
        self.entry, self.texts = entry, dict(texts)
        self.settings = {s.name: s for s in settings_of(entry.settings)}

    def checked(self) -> Any:
        """Return the settings; raises SeqVizError for a value that cannot be read or is out of its bounds."""
        known = {f.name for f in fields(self.entry.settings)}
        values = {name: self._read(self.settings[name], text) for name, text in self.texts.items() if name in known}
        return check_settings(self.entry.settings(**values))

    def value(self, name: str) -> Any:
        """Return one setting as it stands, its default where what the view holds cannot be read."""
        try:
            return self._read(self.settings[name], self.texts[name])
        except (KeyError, SeqVizError):
            return self.settings[name].default

    def row(self, *names: str, **labels: Callable[[Any], str]) -> None:
        """Show the widgets of these settings side by side. labels : name -> how its choices are called, by a function."""
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"asked_{self.entry.name}_{names[0]}"):
            for name in names:
                self.widget(name, format_func=labels.get(name, str))

    def widget(self, name: str, *, options: Iterable[Any] | None = None, format_func: Callable[[Any], str] = str,
               width: int | str | None = None, placeholder: str | None = None) -> None:
        """Show the widget of one setting. options : choices that depend on the model at hand, instead of the setting's own.
        placeholder : what stands in an empty field of text, an example of what goes in.

        Up to four short choices stand side by side, more in a list; a text named "text" has many lines.
        """
        s, key = self.settings[name], f"{self.entry.name}.{name}"
        choices = tuple(options) if options is not None else s.choices
        common = {"key": key, "help": help_of(s), "on_change": self._take, "args": (name,)}
        st.session_state[key] = self.value(name)
        if choices:
            self._choose(s, choices, format_func, width, common)
        elif s.type is bool:
            st.toggle(s.label, **common)
        elif s.type in (int, float):
            form = {"step": 1} if s.type is int else {"step": step_of(s), "format": "%g"}
            st.number_input(s.label, width=width or 150, **form, **common)
        elif name.endswith("text"):
            self._lines(s, width, placeholder, common)
        else:
            st.text_input(s.label, width=width or 260, placeholder=placeholder, **common)

    def set(self, **values: Any) -> None:
        """Change settings; for callbacks of example buttons."""
        texts = self.texts | {name: self._write(value) for name, value in values.items()}
        change(tool=self.entry.name, asked=tuple((n, t) for n, t in texts.items() if t != self._write(self.settings[n].default)))

    def examples(self, examples: Mapping[str, Mapping[str, Any]]) -> None:
        """Show a button for each example: its label -> the settings that it sets."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"examples_{self.entry.name}"):
            st.caption("Examples", width="content")
            for label, values in examples.items():
                st.button(label, key=f"example_{self.entry.name}_{label}", on_click=lambda v=values: self.set(**v))

    def _choose(self, s: Setting, choices: tuple, format_func: Callable, width: int | str | None, common: dict) -> None:
        if st.session_state[common["key"]] not in choices:
            st.session_state[common["key"]] = choices[0]
        if len(choices) <= 4 and sum(len(format_func(c)) for c in choices) <= 60:
            st.segmented_control(s.label, choices, format_func=format_func, required=True, **common)
        else:
            st.selectbox(s.label, choices, format_func=format_func, width=width or 240, **common)

    def _lines(self, s: Setting, width: int | str | None, placeholder: str | None, common: dict) -> None:
        """Show a text of many lines; one that a browser would choke on is only counted. With a limit it would swallow a paste."""
        text = st.session_state[common["key"]]
        if len(text) <= LONGEST_TEXT:
            st.text_area(s.label, height=120, width=width or "stretch", placeholder=placeholder, **common)
            return
        with st.container(horizontal=True, vertical_alignment="center", key=f"long_{self.entry.name}_{s.name}"):
            st.caption(f"{s.label}: {len(text):,} characters, too many to edit here.", width="content")
            st.button("Put them away", key=f"away_{self.entry.name}_{s.name}", on_click=self.set, kwargs={s.name: ""})

    def _take(self, name: str) -> None:
        with told():  # a text may be too large to be kept
            self.set(**{name: st.session_state[f"{self.entry.name}.{name}"]})

    @staticmethod
    def _write(value: Any) -> str:
        if isinstance(value, bool):
            return TRUE if value else FALSE
        text = str(value)
        return text if len(text) <= LONGEST_IN_LINK else SAVED + save(text.encode(errors="replace"))

    @staticmethod
    def _read(s: Setting, text: str) -> Any:
        if s.type is bool:
            return text == TRUE
        if s.type is str and text.startswith(SAVED):
            return load(text.removeprefix(SAVED)).decode()
        try:
            return s.type(text)
        except ValueError:
            raise SeqVizError(f"{s.label}: {text[:40]!r} is not a number.") from None


def open_tool(page: Registry[Tool]) -> tuple[Tool, Asked]:
    """Let the visitor choose a tool of a page; return the open one and what is asked of it."""
    state = view_state()
    entry = page[state.tool] if state.tool in page else next(iter(page))
    st.session_state.tool = entry.name
    st.segmented_control("Tool", page.names(), key="tool", format_func=lambda name: page[name].label, required=True,
                         label_visibility="collapsed", on_change=_switch, args=(page,))
    return entry, Asked(entry, state.asked if state.tool == entry.name else ())


def _switch(page: Registry[Tool]) -> None:
    """Open another tool, with the settings it was left with."""
    state, kept = view_state(), st.session_state.setdefault("tools_left", {})
    kept[state.tool] = state.asked
    name = st.session_state.tool
    change(tool=name, asked=kept.get(name, ()))


def show_tool(page: Registry[Tool], view: View) -> None:
    """Show the tools of a page to choose from, then the open one under its question."""
    entry, asked = open_tool(page)
    st.subheader(entry.question)
    if entry.shows:
        st.caption(literal(entry.shows))
    with told():
        entry.show(view, asked)


def opens(name: str, **values: Any) -> dict[str, Any]:
    """Return the fields of a view (for `change`) that open a tool with these settings."""
    texts = tuple((n, Asked._write(v)) for n, v in values.items())
    return {"tool": name, "asked": texts}



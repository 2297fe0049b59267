"""A page with two made-up tools, for the test of the frame that all tools share."""

from dataclasses import dataclass

import streamlit as st

from seqviz_core.registry import Registry
from seqviz_core.settings import setting
from seqviz_core.ui.components import told
from seqviz_core.ui.explore import keep_address, restore_view
from seqviz_core.ui.tested import models_and_class, page_top
from seqviz_core.ui.tool import Asked, show_tool, tool
from seqviz_core.ui.workbench import View


@dataclass(frozen=True)
class Settings:
    motif: str = setting("", "Motif")
    text: str = setting("", "Text of many lines")
    n: int = setting(100, "Backgrounds", low=10, high=2000)
    share: float = setting(0.5, "Share", low=0.0, high=1.0)
    both: bool = setting(False, "Both strands")
    what: str = setting("one", "What", choices=("one", "two"))


@dataclass(frozen=True)
class Nothing:
    """No setting."""


PAGE = Registry("tool")


@tool(PAGE, "first", label="First", question="Does the first tool work?", settings=Settings, order=1,
      shows="What the <first> shows.")
def first(view: View, asked: Asked) -> None:
    asked.examples({"Of two": {"what": "two", "n": 20}})
    asked.row("motif", "n", "share", "both", "what")
    asked.widget("text")
    st.text(repr(asked.checked()))


@tool(PAGE, "second", label="Second", question="And the second?", settings=Nothing, order=2, shows="Letters.")
def second(view: View, asked: Asked) -> None:
    st.text(f"second sees {view.edited.sequence[:4]}")


restore_view()
page_top("A page of tools?")
with told():
    show_tool(PAGE, models_and_class())
keep_address()

"""The trust card: all checks of one run on one page, made as a job, taken home as HTML or JSON."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from ...checks.card import N_SEQUENCES, SEED, sections
from ...export.card import LEGEND, MARKS, card_html, card_json, control_of, made_from, numbers_of, summary
from ...export.run_ref import RunRef, run_ref
from ...settings import setting
from ...training.work import WorkSpec
from ..cached import pretrained_ids
from ..components import literal, table
from ..tool import TRUST, Asked, tool
from ..work import worked
from ..workbench import View, model_name

COLOURS = {"holds": "green", "doubtful": "orange", "fails": "red", "open": "gray"}
SECONDS = 15.0
"""Of 100 bases on one core: 5 for the shipped CNN, 8 for the LSTM, 16 for attention, whatever n; and the start of a worker."""


@dataclass(frozen=True)
class CardSettings:
    n: int = setting(N_SEQUENCES, "Sequences", help="Fresh sequences of the model's task; a check that asks much of each takes "
                     "fewer, and says how many", low=10, high=500)
    seed: int = setting(SEED, "Seed", help="Draws the sequences", low=0, high=2**31 - 1)


@tool(TRUST, "card", label="Trust card", question="All checks at once: should I believe this model's pictures?",
      settings=CardSettings, order=100,
      shows="Every check of this page for the model in focus, on sequences it has never seen, to keep or to hand on.")
def card(view: View, asked: Asked) -> None:
    """Show the card of the model in focus, or the button that makes it."""
    asked.row("n", "seed")
    settings, run = asked.checked(), view.loaded.run
    st.caption(literal(f"What {model_name(view.loaded)} is asked: {' '.join(section.question for section in sections())}"))
    args = {"run": run.id, "finished": run.status.finished, "n": settings.n, "seed": settings.seed}
    work = WorkSpec("seqviz_core.checks.card", "make_card", args)
    if files := worked(work, "card", "Make the card", SECONDS * view.loaded.task.length / 100):
        made = json.loads(files("card.json"))
        _show(made)
        _take_home(made, run_ref(run, model_name(view.loaded), run.id in pretrained_ids()))


def _show(made: dict[str, Any]) -> None:
    st.markdown(f"**{literal(summary(made))}**")
    st.caption(literal(f"{LEGEND} {made_from(made)}"))
    for section in made["sections"]:
        with st.container(border=True, gap="xsmall", key=f"card_{section['name']}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{literal(section['question'])}**", width="content")
                if "why" not in section:
                    st.badge(MARKS[section["mark"]], color=COLOURS[section["mark"]])
            if "why" in section:
                st.caption(literal(f"Does not apply: {section['why']}"))
                continue
            st.markdown(literal(section["conclusion"]))
            with st.expander(f"The numbers (n = {section['n']} {section['counted']})"):
                table(f"card_numbers_{section['name']}", numbers_of(section))
                st.caption(literal(control_of(section)))


def _take_home(made: dict[str, Any], ref: RunRef) -> None:
    today = date.today().isoformat()
    with st.container(horizontal=True, gap="small", key="card_files"):
        st.download_button("Card (HTML)", lambda: card_html(made, ref, today), f"seqviz-trust-{ref.id[:12]}.html", "text/html",
                           key="card_html", on_click="ignore", type="tertiary")
        st.download_button("Card (JSON)", lambda: card_json(made, ref, today), f"seqviz-trust-{ref.id[:12]}.json",
                           "application/json", key="card_json", on_click="ignore", type="tertiary")

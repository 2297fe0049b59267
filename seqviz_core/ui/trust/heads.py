"""Attention: what each head looks at, and what changes when it may not."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from ...attribution.gradient import Target
from ...checks.attention_edges import EdgeTest, KeyTest, edge_test, key_test
from ...checks.attention_masks import HeadOf, heads_in, stands_for
from ...checks.attention_says import edge_says, head_label, heads_say, keys_say, swaps_say
from ...checks.attention_swaps import Swaps, swaps
from ...checks.attention_tests import HeadTest, head_tests
from ...datasets import Site
from ...errors import SeqVizError
from ...models.internals import Activation, probes_of
from ...settings import setting
from ..cached import Loaded, computed, one_hot, trace_of
from ..components import literal
from ..tested import explore_button
from ..tool import TRUST, Asked, tool
from ..workbench import View, model_name
from .heads_figures import draw_edges, draw_heads, draw_keys, draw_swaps
from .inside import cut_button, model_asked, site_label

EVERY = -1  # of the widgets: every token, or the heaviest edge


@dataclass(frozen=True)
class HeadsSettings:
    site: int = setting(0, "Looked at", low=0, high=999)
    looking: int = setting(EVERY, "Looking", low=EVERY, high=999)
    head: int = setting(EVERY, "Head", low=EVERY, high=9999)
    query: int = setting(EVERY, "Edge from bases", low=EVERY, high=9999)
    key: int = setting(EVERY, "to bases", low=EVERY, high=9999)


@tool(TRUST, "heads", label="Attention", question="Is attention an explanation or not?", settings=HeadsSettings, order=30,
      shows="Attention is taken away, edge by edge and head by head; beside each answer, the same at other places.")
def heads(view: View, asked: Asked) -> None:
    """Show every head's test, then one head's edges, keys and other patterns."""
    run = model_asked(view, has_attention, "has no attention", "attention", "heads")
    if run is None:
        return
    loaded, sequence, target = view.models[run], view.edited.sequence, view.target(run, view.edited)
    try:
        every = heads_in(trace_of(loaded, sequence))
    except SeqVizError as error:
        st.warning(literal(error))
        return cut_button(view, "heads")
    site, looking = _choose_sites(view, asked)
    tests = computed(_head_tests, loaded, sequence, target, bases_of(site), bases_of(looking))
    what = f"the planted {site_label(site)}" if site else "the token it looks at most"
    st.markdown(f"**{literal(heads_say(tests, what))}**")
    draw_heads(tests, what, view.explained(run), loaded, f"{literal(model_name(loaded))}, {len(sequence):,} bases")
    head = _choose_head(asked, every, tests)
    _one_head(view, asked, loaded, target, head, next(t for t in tests if t.head == head))
    return None


def has_attention(loaded: Loaded) -> bool:
    """Return whether a model has an attention pattern."""
    return any(probe.kind == "attention" for probe in probes_of(loaded.model).values())


def bases_of(site: Site | None) -> tuple[int, int] | None:
    """Return (start, end) of a site, None for none."""
    return (site.start, site.end) if site else None


def _choose_sites(view: View, asked: Asked) -> tuple[Site | None, Site | None]:
    """Let the visitor choose which planted site is looked at, and from where; a link may ask for one that is not there."""
    sites = view.edited.sites
    if not sites:
        st.caption("No planted site is known here, so each head is asked about the token it looks at most.")
        return None, None
    if len(sites) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="heads_sites"):
            asked.widget("site", options=range(len(sites)), format_func=lambda i: site_label(sites[i]))
            asked.widget("looking", options=(EVERY, *range(len(sites))),
                         format_func=lambda i: "every token" if i == EVERY else site_label(sites[i]))
    settings = asked.checked()
    chosen, other = min(settings.site, len(sites) - 1), settings.looking
    return sites[chosen], sites[other] if 0 <= other < len(sites) and other != chosen else None


def _choose_head(asked: Asked, every: list[HeadOf], tests: list[HeadTest]) -> HeadOf:
    """Let the visitor choose a head; before that it is the one that looks at the site most."""
    strongest = tests.index(max(tests, key=lambda t: t.on_site))
    st.subheader("Does one edge of this head matter?")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="heads_edge"):
        if len(every) > 1:
            name = lambda i: head_label(every[i]) if i >= 0 else f"{head_label(every[strongest])} (looks there most)"
            asked.widget("head", options=(EVERY, *range(len(every))), width=300, format_func=name)
        chosen = asked.value("head")
        return every[chosen if 0 <= chosen < len(every) else strongest]


def _one_head(view: View, asked: Asked, loaded: Loaded, target: Target, head: HeadOf, test: HeadTest) -> None:
    sequence, answer = view.edited.sequence, loaded.task.head
    layer = trace_of(loaded, sequence)[head.probe]
    query, key = _choose_edge(asked, sequence, layer, head, test)
    edge = computed(_edge_test, loaded, sequence, target, head, query, key)
    st.markdown(f"**{literal(edge_says(edge))}**")
    looks = "the read-out" if layer.value.shape[2] == 1 else f"the token of bases {_bases(layer, sequence, query)}"
    draw_edges(edge, loaded, looks, f"that of {_bases(layer, sequence, key)}")
    st.subheader("Does the attention of this head agree with other measures?")
    keys = computed(_key_test, loaded, sequence, target, head, answer)
    st.markdown(f"**{literal(keys_say(keys, head_label(head)))}**")
    draw_keys(keys, loaded, [_bases(layer, sequence, int(t)) for t in keys.tokens])
    st.subheader("Would other attention give the same answer?")
    swapped = computed(_swaps, loaded, sequence, target, head, answer)
    st.markdown(f"**{literal(swaps_say(swapped, head_label(head)))}**")
    draw_swaps(swapped, loaded)
    explore_button("See this head in Explore", "heads_explore", focus=loaded.run.id, head=f"{head.probe}:{head.head + 1}")


def _choose_edge(asked: Asked, sequence: str, layer: Activation, head: HeadOf, test: HeadTest) -> tuple[int, int]:
    """Let the visitor choose an edge; before that it is the heaviest onto the keys in question. Returns tokens (query, key)."""
    pattern = layer.value[0, head.head].numpy()
    queries, keys = pattern.shape
    label = partial(_bases, layer, sequence)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="heads_tokens"):
        heaviest = int(pattern[:, test.keys.start:test.keys.stop].max(axis=1).argmax())
        if queries > 1:
            asked.widget("query", options=(EVERY, *range(queries)), width=300,
                         format_func=lambda i: label(i) if i >= 0 else f"{label(heaviest)} (heaviest)")
        query = asked.value("query")
        query = query if 0 <= query < queries else heaviest
        most = test.keys.start + int(pattern[query, test.keys.start:test.keys.stop].argmax())
        weight = lambda i: f"{label(i)}: {pattern[query, i]:.2f}"
        asked.widget("key", options=(EVERY, *range(keys)), width=300,
                     format_func=lambda i: weight(i) if i >= 0 else f"{weight(most)} (heaviest on the site)" if test.planted
                     else f"{weight(most)} (heaviest)")
        key = asked.value("key")
        return query, key if 0 <= key < keys else most


def _bases(layer: Activation, sequence: str, token: int) -> str:
    """Return e.g. "66–70 TGCGC": the bases that a token stands for."""
    here = stands_for(token, layer.span)
    end = min(here.stop, len(sequence))
    letters = sequence[here.start:end]
    return f"{here.start + 1:,}–{end:,} {letters if len(letters) <= 12 else f'{letters[:11]}…'}"


def _head_tests(loaded: Loaded, sequence: str, target: Target, site: tuple[int, int] | None,
                looking: tuple[int, int] | None) -> list[HeadTest]:
    return head_tests(loaded.model, one_hot(sequence), target, site, looking)


def _edge_test(loaded: Loaded, sequence: str, target: Target, head: HeadOf, query: int, key: int) -> EdgeTest:
    return edge_test(loaded.model, one_hot(sequence), target, head, query, key)


def _key_test(loaded: Loaded, sequence: str, target: Target, head: HeadOf, answer: str) -> KeyTest:
    return key_test(loaded.model, one_hot(sequence), target, head, answer)


def _swaps(loaded: Loaded, sequence: str, target: Target, head: HeadOf, answer: str) -> Swaps:
    return swaps(loaded.model, one_hot(sequence), target, head, answer)

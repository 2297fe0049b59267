"""The figures of the attention tool: a question, the figure, and what its marks are, in words."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ...checks.attention_edges import EdgeTest, KeyTest
from ...checks.attention_says import head_label, what_it_does
from ...checks.attention_swaps import MOST_JSD, Swaps
from ...checks.attention_tests import HeadTest
from ...figures.palette import model_colour, theme_of
from ...figures.points import Bar, Cloud, bar_figure, bars_table, scatter_figure
from ..cached import Loaded
from ..components import figure, literal, theme


def draw_heads(tests: Sequence[HeadTest], what: str, explained: str, loaded: Loaded, of: str) -> None:
    """Draw two rows of bars: how much each head looks at `what`, and what changes when it may not."""
    colours = [_colour(t, loaded) for t in tests]
    mass = [Bar(head_label(t.head), t.on_site, colour, null=t.mass_of_chance if t.planted else None)
            for t, colour in zip(tests, colours)]
    change = [Bar(head_label(t.head), abs(t.change), colour, null=t.change_of_chance) for t, colour in zip(tests, colours)]
    null, places = "95 % of the other places", len(tests[0].moved)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**How much does each head look there?**")
        figure(bar_figure(mass, x="share of attention", null=null, limits=(0, 1), theme=theme(),
                          alt=f"Share of attention of {len(tests)} heads on {what}."), "heads_mass",
               lambda: bars_table(mass, "attention", null))
    with right:
        st.markdown("**What changes when it may not?**")
        figure(bar_figure(change, x=f"change of the logit of {explained}", null=null, theme=theme(),
                          alt=f"Change of the logit when each of {len(tests)} heads may not look at {what}."), "heads_change",
               lambda: bars_table(change, "change of the logit", null) | {"signed": [t.change for t in tests],
                                  "whole head masked": [t.without for t in tests],
                                  "uniform attention": [t.uniform for t in tests], "verdict": [what_it_does(t) for t in tests]})
    idle = "Grey: lights up, does no more than elsewhere. " if any(t.planted and t.looks and not t.matters for t in tests) else ""
    st.caption(f"{idle}The head may not look at {literal(what)}, and what is left of its attention is scaled to add up to 1. "
               f"Tick, the control: the same stretch moved to each of the {places} other places; 95 % stay below it. "
               f"{of}, n = 1 sequence.")


def _colour(test: HeadTest, loaded: Loaded) -> str:
    idle = test.planted and test.looks and not test.matters
    return theme_of(theme()).zero if idle else model_colour(loaded.run.spec.architecture)


def draw_edges(edge: EdgeTest, loaded: Loaded, query: str, key: str) -> None:
    """Draw the edge among random ones and those of nearest weight."""
    colour, plain = model_colour(loaded.run.spec.architecture), theme_of(theme())
    cloud = lambda name, part, colour: Cloud(name, part[0], np.abs(part[1]), colour, [name] * len(part[0]))
    clouds = [cloud(f"{len(edge.random[0])} random edges", edge.random, plain.zero),
              cloud(f"{len(edge.alike[0])} of nearest weight", edge.alike, colour),
              Cloud("this edge", np.array([edge.weight]), np.array([abs(edge.change)]), plain.text,
                    [f"from {query} to {key}"], "star-diamond", 15)]
    st.markdown("**Does a heavier edge change more when it is masked?**")
    alt = (f"This edge, weight {edge.weight:.2f}, changes the logit by {edge.change:.3g}; 95 % of the random edges by at most "
           f"{edge.of_chance:.3g}.")
    figure(scatter_figure(clouds, x="weight of the edge", y="size of the change of the logit", alt=alt, height=330,
                          theme=theme()), "heads_edges", lambda: _edges_table(edge))
    st.caption(f"From {literal(query)} to {literal(key)}. Controls: edges of the same layer drawn by "
               "lot, and those whose weight is nearest to this one's, in any of its heads.")


def _edges_table(edge: EdgeTest) -> dict[str, np.ndarray]:
    parts = (("this edge", (np.array([edge.weight]), np.array([edge.change]))), ("random", edge.random),
             ("nearest weight", edge.alike))
    return {"edge": np.concatenate([np.full(len(part[0]), name, dtype=object) for name, part in parts]),
            "weight": np.concatenate([part[0] for _, part in parts]),
            "change of the logit": np.concatenate([part[1] for _, part in parts])}


def draw_keys(keys: KeyTest, loaded: Loaded, names: Sequence[str]) -> None:
    """Draw the attention each token gets against what masking it, its gradient and leaving it out say."""
    colour = model_colour(loaded.run.spec.architecture)
    st.markdown("**Does a token that is looked at more change more when this head may not look at it?**")
    cloud = Cloud("tokens", keys.weight, np.abs(keys.change), colour, list(names))
    figure(scatter_figure([cloud], x="attention the token gets, mean over those that look",
                          y="size of the change of the logit", height=300, theme=theme(),
                          alt=f"{len(names)} tokens; Kendall's tau {keys.taus['masked key']:.2f}."), "heads_keys",
           lambda: {"bases": list(names), "attention": keys.weight, "change of the logit": keys.change,
                    "gradient": keys.gradient, "leave-one-out TVD": keys.left_out})
    st.caption("Each point is a token. Gradient: the absolute saliency of its bases. Leave-one-out: how far the probabilities "
               "move (TVD) when its bases are replaced by those of 4 dinucleotide shuffles.")


def draw_swaps(found: Swaps, loaded: Loaded) -> None:
    """Draw how different other patterns are from the head's own, against how different the answer is."""
    plain, colour = theme_of(theme()), model_colour(loaded.run.spec.architecture)
    cloud = lambda name, part, colour, *marker: Cloud(name, part[0], part[1], colour, [name] * len(part[0]), *marker)
    own = (np.zeros(1), np.zeros(1))
    clouds = [cloud(f"{len(found.permuted[0])} shuffles", found.permuted, plain.zero),
              cloud("its own", own, plain.text, "circle-open", 12), cloud("even", found.uniform, colour, "square", 12),
              cloud("most different found", found.adversarial, plain.text, "star-diamond", 15)]
    figure(scatter_figure(clouds, x="how different the attention is (JSD, nats)", y="how different the answer is (TVD)",
                          alt=f"The most different attention with the same answer has JSD {found.adversarial[0][0]:.2f}.",
                          height=330, theme=theme()), "heads_swaps", lambda: _swaps_table(found))
    st.caption("Shuffled: the weights of each token in random order. Even: the same weight everywhere. Most different found: by "
               f"a search, not by learning, among patterns that change the answer by at most {found.same} TVD. JSD: "
               f"Jensen-Shannon divergence, mean over the tokens that look; at most ln 2 = {MOST_JSD:.2f}, for this head "
               f"{found.most:.2f}. TVD: half the summed change of the probabilities, 0 to 1. A model that is sure of its class "
               "hardly moves in probability, whatever the attention: look at the change of the logit too.")


def _swaps_table(found: Swaps) -> dict[str, np.ndarray]:
    parts = (("shuffled", found.permuted), ("uniform", found.uniform), ("searched for", found.adversarial))
    columns = {"JSD": 0, "TVD": 1, "change of the logit": 2}
    return {"attention": np.concatenate([np.full(len(part[0]), name, dtype=object) for name, part in parts]),
            **{name: np.concatenate([part[k] for _, part in parts]) for name, k in columns.items()}}

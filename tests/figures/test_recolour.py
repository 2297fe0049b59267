"""A figure drawn for a dark page, recoloured, is the figure drawn for a light one: for every figure of plotly that is saved."""

import re

import numpy as np
import pytest

from seqviz_core.figures.attention import attention_heatmap
from seqviz_core.figures.curves import pr_figure, reliability_figure, roc_figure
from seqviz_core.figures.kinds import SiteMark
from seqviz_core.figures.logo import motif_logo_svg
from seqviz_core.figures.palette import DARK, INKS, LIGHT, MODEL_COLOURS, MORE_COLOURS, contrast, readable
from seqviz_core.figures.recolour import light_colours, recoloured
from seqviz_core.figures.scorecard import scorecard_heatmap
from seqviz_core.figures.training import training_curve

RNG = np.random.default_rng(0)
PATTERN = RNG.dirichlet(np.ones(20), 20).astype(np.float32)
CURVE = {name: (np.linspace(0, 1, 5), np.linspace(0, 1, 5) ** power)
         for name, power in (("a", 0.2), ("b", 0.5), ("c", 0.8))}
AREAS = dict.fromkeys(CURVE, 0.8)
LOSS = [2.0, 1.0, 0.5]
FIGURES = {
    "attention": lambda theme: attention_heatmap(PATTERN, 20, sites=[SiteMark("GATA2", 3, 9)], query=4, theme=theme),
    "roc": lambda theme: roc_figure(CURVE, AREAS, theme=theme), "pr": lambda theme: pr_figure(CURVE, AREAS, 0.3, theme=theme),
    "reliability": lambda theme: reliability_figure(np.array([0.2, 0.8]), np.array([0.1, 0.9]), np.array([5, 7]), error=0.1,
                                                    theme=theme),
    "training": lambda theme: training_curve([1, 2, 3], LOSS, LOSS, LOSS, ceiling=0.9, baseline=0.8, chance=0.5, theme=theme)}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_dark_figure_becomes_the_light_one(draw):
    dark, light = draw("dark").to_json(), draw("light").to_json()
    assert dark != light and recoloured(dark) != dark
    for colour in (*MODEL_COLOURS.values(), *MORE_COLOURS):  # a line may come out as dark as its name, which must be read
        light = light.replace(colour, readable(colour, LIGHT))
    assert recoloured(dark) == light


def test_a_dark_logo_becomes_the_light_one():
    draw = lambda theme: motif_logo_svg(np.eye(4), theme=theme.name, text_colour=theme.text)
    assert recoloured(draw(DARK)) == draw(LIGHT)


def test_every_number_of_a_recoloured_scorecard_can_still_be_read():
    values = np.linspace(0, 1, 41)[:, None]
    chance = np.array([0.3])
    draw = lambda theme: scorecard_heatmap(values, [str(k) for k in range(41)], ["GATA2"], null=chance, chance=chance,
                                           n=np.array([9]), theme=theme)
    inks = [a["font"]["color"] for a in draw("dark").layout.annotations if re.fullmatch(r"\(?\d\.\d\d\)?", a["text"])]
    assert set(inks) == set(INKS) and len(inks) >= 41
    steps = np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in LIGHT.sequential])
    for value, ink in zip(values[:, 0], inks):
        cell = [np.interp(value * (len(steps) - 1), np.arange(len(steps)), channel) for channel in steps.T]
        cell = "#" + "".join(f"{round(float(c)):02x}" for c in cell)
        assert contrast(light_colours()[ink], cell) >= 3, value


def test_one_colour_has_one_successor():
    """Two roles of one dark colour must mean one light colour, or one of the two would be wrong."""
    colours = light_colours()
    for name in ("page", "text", "muted", "grid", "zero", "truth", "truth_band", "on_base"):
        assert colours[getattr(DARK, name)] == getattr(LIGHT, name), name
    assert [colours[c] for c in DARK.sequential + DARK.diverging] == [*LIGHT.sequential, *LIGHT.diverging]

"""Colours are measured, not believed: colour-blind simulation (Machado et al. 2009, severity 1), CIE Lab, WCAG contrast."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.palette import (
    BASE_COLOURS,
    DARK,
    LIGHT,
    MODEL_COLOURS,
    MORE_COLOURS,
    colorscale,
    contrast,
    luminance,
    model_colour,
    plain,
    readable,
    short_number,
    theme_of,
)

SIGHTS = {
    "all three cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def lab(colour: str, sight: str) -> np.ndarray:
    """Return CIE L*a*b* (D65) of "#rrggbb" as somebody with that sight sees it."""
    channels = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(SIGHTS[sight] @ linear, 0, 1) / (0.95047, 1, 1.08883)
    fx, fy, fz = (np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def closest(colours, sight: str) -> float:
    return min(float(np.linalg.norm(lab(a, sight) - lab(b, sight))) for a, b in combinations(colours, 2))


def test_the_simulation_itself_makes_red_and_green_alike():
    confusable = ("#b04000", "#6b6b00")
    assert closest(confusable, "all three cones") > 45
    assert closest(confusable, "deuteranopia") < 15


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_four_bases_stay_apart_for_every_sight(theme, sight):
    assert closest([theme.bases[b] for b in "ACGT"], sight) > 20  # 2.3 is just noticeable


@pytest.mark.parametrize("sight", SIGHTS)
def test_model_colours_stay_apart_for_every_sight(sight):
    assert closest(MODEL_COLOURS.values(), sight) > 40
    assert closest([*MODEL_COLOURS.values(), *MORE_COLOURS], sight) > 20


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_text_letters_and_labels_have_aa_contrast_on_their_page(theme):
    for colour in (theme.text, theme.muted, theme.truth, *theme.bases.values()):
        assert contrast(colour, theme.page) >= 4.5, colour
    for base in "ACGTN":  # letters inside coloured cells
        assert contrast(theme.on_base, theme.bases[base]) >= 4.5, base


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_model_colours_work_as_shapes_on_both_pages_and_can_be_made_readable_as_text(theme):
    for colour in [*MODEL_COLOURS.values(), *MORE_COLOURS]:
        assert contrast(colour, theme.page) >= 3
        assert contrast(readable(colour, theme), theme.page) >= 4.5
    assert readable(theme.text, theme) == theme.text


def test_the_themes_are_those_of_the_app():
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
    for theme in (LIGHT, DARK):
        assert (theme.page, theme.text) == (config[theme.name]["backgroundColor"], config[theme.name]["textColor"])


def test_contrast_by_hand():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert luminance("#ff0000") == pytest.approx(0.2126)


def test_base_hues_are_green_blue_amber_red():
    hue = {b: np.degrees(np.arctan2(*lab(BASE_COLOURS[b], "all three cones")[:0:-1])) % 360 for b in "ACGT"}
    assert 130 < hue["A"] < 190 and 250 < hue["C"] < 310 and 50 < hue["G"] < 90 and (hue["T"] < 45 or hue["T"] > 340)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_sequential_scale_moves_away_from_the_page_step_by_step(theme):
    lightness = [lab(c, "all three cones")[0] for c in theme.sequential]
    steps = np.diff(lightness) * (-1 if theme is LIGHT else 1)
    assert (steps > 3).all()
    assert abs(lab(theme.page, "all three cones")[0] - lightness[0]) < 8


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_diverging_scale_is_neutral_in_the_middle_and_its_ends_differ_for_every_sight(theme, sight):
    middle = len(theme.diverging) // 2
    assert np.linalg.norm(lab(theme.diverging[middle], "all three cones")[1:]) < 8
    assert np.linalg.norm(lab(theme.diverging[0], sight) - lab(theme.diverging[-1], sight)) > 30
    left, right = (abs(lab(theme.diverging[k], sight)[0] - lab(theme.diverging[middle], sight)[0]) for k in (0, -1))
    assert min(left, right) > 25


def test_colorscale_runs_from_zero_to_one():
    for signed in (True, False):
        places = [p for p, _ in colorscale(LIGHT, signed)]
        assert places[0] == 0 and places[-1] == 1 and np.allclose(np.diff(places), 1 / 8)


@pytest.mark.parametrize("hostile", ['<img src=x onerror="alert(1)">', "</text><script>x</script>", "<b>b</b>", "a&b'c\"d"])
def test_plain_leaves_no_markup(hostile):
    safe = plain(hostile)
    assert not set(safe) & set("<>\"'") and safe.count("&") == hostile.count("&") + hostile.count("<") + hostile.count(">")


def test_plain_cuts_joins_lines_and_drops_what_cannot_be_seen():
    assert plain("a\n b\tc\x00\u202ed") == "a b c d"
    assert plain("x" * 100, 10) == "x" * 9 + "…"
    assert "%{" not in plain("%{customdata}")  # would be filled in by plotly's templates


def test_a_model_has_one_colour_and_a_theme_one_of_two_names():
    assert model_colour("cnn") == MODEL_COLOURS["cnn"]
    assert model_colour("danq") == model_colour("danq") and model_colour("danq") in MORE_COLOURS
    assert theme_of("dark") is DARK and theme_of(LIGHT) is LIGHT
    with pytest.raises(SeqVizError, match="sepia"):
        theme_of("sepia")


def test_numbers_have_three_figures_and_a_minus_sign():
    assert short_number(-1.23456) == "−1.23" and short_number(0.5) == "0.5"

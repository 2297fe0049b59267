"""The app's settings: names Streamlit knows, safe values, colours that can be read."""

import tomllib
from itertools import product
from pathlib import Path

import pytest
from streamlit import config

SETTINGS = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text())
THEMES = {name: SETTINGS["theme"][name] for name in ("light", "dark")}


def options(table: dict, prefix: str = "") -> dict[str, object]:
    """Return {"server.address": ...} from nested tables."""
    flat = {}
    for name, value in table.items():
        flat |= options(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2) of "#rrggbb"."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2.2) of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_hand() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just misses AA


@pytest.mark.parametrize("name", options(SETTINGS))
def test_streamlit_knows_the_option(name: str) -> None:
    assert name in config._config_options_template


def test_the_app_is_for_this_machine_and_tells_nobody() -> None:
    chosen = options(SETTINGS)
    assert chosen["server.address"] == "127.0.0.1"
    assert chosen["client.showErrorDetails"] == "none"
    assert not any(chosen[name] for name in ("runner.postScriptGC", "browser.gatherUsageStats", "server.enableStaticServing",
                                             "client.showErrorLinks"))


@pytest.mark.parametrize("theme", THEMES)
def test_text_has_contrast_aa(theme: str) -> None:
    colours = THEMES[theme]
    for text, ground in product(("textColor", "linkColor"), ("backgroundColor", "secondaryBackgroundColor")):
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["codeTextColor"], colours["codeBackgroundColor"]) >= 4.5
    assert contrast("#ffffff", colours["primaryColor"]) >= 4.5  # a primary button's label


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_marks_stand_out(theme: str) -> None:
    colours = THEMES[theme]
    for colour in [colours["primaryColor"], *colours["chartCategoricalColors"]]:
        assert contrast(colour, colours["backgroundColor"]) >= 3, colour

"""The colours and type of every figure, for a light and a dark page.

All of it was searched for and is tested under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009):
the bases stay apart, letters and text have AA contrast (4.5:1) on their page, and every model colour works on both pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape as _escape
from typing import Literal

import numpy as np

from ..errors import SeqVizError

ThemeName = Literal["light", "dark"]
FONT = "Source Sans, Source Sans Pro, system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"
MONOSPACE = "Source Code Pro, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
BASES = "ACGT"
CLEAR = "rgba(0,0,0,0)"
INKS = ("#000000", "#ffffff")


@dataclass(frozen=True)
class Theme:
    """What a figure needs to know about the page it stands on; page and text are those of .streamlit/config.toml.

    Scales run from low to high, equally spaced.
    """

    name: ThemeName
    page: str
    text: str
    muted: str
    grid: str
    zero: str
    truth: str
    truth_band: str
    on_base: str
    bases: dict[str, str] = field(hash=False)
    sequential: tuple[str, ...] = ()
    diverging: tuple[str, ...] = ()


LIGHT = Theme(
    name="light", page="#ffffff", text="#22272d", muted="#5b6270", grid="#e6e8ee", zero="#8a909c",
    truth="#3a404d", truth_band="rgba(58,64,77,0.10)", on_base="#ffffff",
    bases={"A": "#0b8060", "C": "#1f4fd8", "G": "#b35f00", "T": "#a30b27", "N": "#6b7280"},
    sequential=("#f5f3fa", "#ddd7f0", "#c6bce6", "#b0a1db", "#9a86cf", "#816cba", "#6a52a6", "#543791", "#3f1a7d"),
    diverging=("#134b8a", "#3f77b1", "#6aa5d8", "#b0cee8", "#f6f6f6", "#f2c1b1", "#e88a6c", "#c35448", "#9c1127"),
)
DARK = Theme(
    name="dark", page="#14171a", text="#e6e9ec", muted="#a9b0bd", grid="#2a2e39", zero="#6f7683",
    truth="#d3d8e0", truth_band="rgba(211,216,224,0.14)", on_base="#14171a",
    bases={"A": "#3ddbb4", "C": "#8b97f0", "G": "#f5c011", "T": "#f8506a", "N": "#9aa1ad"},
    sequential=("#1a1c26", "#2c2a4c", "#403676", "#5543a2", "#6b4fd0", "#7f66dc", "#957ce8", "#ab91f4", "#c3a6ff"),
    diverging=("#93cbff", "#68a7e6", "#3d84cc", "#2f5075", "#1d2029", "#713d35", "#cc5537", "#e67958", "#ff9d78"),
)
THEMES = {"light": LIGHT, "dark": DARK}
BASE_COLOURS = LIGHT.bases
MODEL_COLOURS = {"cnn": "#8a4fd0", "lstm": "#16908e", "attention": "#d9581c"}
MORE_COLOURS = ("#c268c6", "#554bfd", "#7a664b")


def theme_of(theme: ThemeName | Theme) -> Theme:
    """Return the theme itself. Raises SeqVizError for a name that is neither "light" nor "dark"."""
    if isinstance(theme, Theme):
        return theme
    if theme not in THEMES:
        raise SeqVizError(f"There is no theme {theme!r}; figures are drawn for 'light' or 'dark'.")
    return THEMES[theme]


def model_colour(architecture: str) -> str:
    """Return the one colour of an architecture; one without a colour of its own always gets the same of three others."""
    return MODEL_COLOURS.get(architecture, MORE_COLOURS[sum(architecture.encode()) % len(MORE_COLOURS)])


def colorscale(theme: Theme, signed: bool) -> list[tuple[float, str]]:
    """Return plotly's (place, colour) pairs: diverging where values are signed, else one hue."""
    colours = theme.diverging if signed else theme.sequential
    return list(zip(np.linspace(0, 1, len(colours)).tolist(), colours, strict=True))


def plain(text: object, limit: int = 60) -> str:
    """Return `text` on one line, at most `limit` characters, with markup made harmless for plotly, SVG and HTML alike."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    return _escape(line.replace("%{", "% {"), quote=False).replace('"', "”").replace("'", "’")


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of "#rrggbb", 0 to 1."""
    channels = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2) of two colours, 1 to 21; small text needs 4.5 (AA)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, theme: Theme) -> str:
    """Return `colour`, mixed with the theme's text colour just as far as small text needs to reach AA on its page."""
    own, text = (np.array([int(c[i:i + 2], 16) for i in (1, 3, 5)]) for c in (colour, theme.text))
    for share in np.arange(0, 1.01, 0.05):
        mixed = "#" + "".join(f"{round(v):02x}" for v in own * (1 - share) + text * share)
        if contrast(mixed, theme.page) >= 4.5:
            return mixed
    return theme.text


def ink_on(scale: Sequence[str], share: float) -> str:
    """Return black or white, whichever is better read on the colour at `share` (0 to 1) of a scale."""
    channels = np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in scale]).T
    place = np.clip(np.nan_to_num(share), 0, 1) * (len(scale) - 1)
    cell = "#" + "".join(f"{round(float(np.interp(place, np.arange(len(scale)), channel))):02x}" for channel in channels)
    return max(INKS, key=lambda ink: contrast(ink, cell))


def short_number(value: float) -> str:
    """Return a number with three figures and a real minus sign."""
    return f"{value:.3g}".replace("-", "−")

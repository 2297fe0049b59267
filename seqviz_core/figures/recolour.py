"""A picture drawn for a dark page, in the colours of a light one: what is saved goes on white paper."""

import re

from .palette import DARK, INKS, LIGHT, MODEL_COLOURS, MORE_COLOURS, Theme, readable


def light_colours() -> dict[str, str]:
    """Return each colour that a figure on a dark page may use, with the one it has on a light page.

    A model's colour is mixed with the text's where it stands as text or line: both mixtures are in. Numbers in the cells of a map
    are black or white, whichever is read better: what is dark here is light there.
    """
    pairs = {readable(colour, DARK): readable(colour, LIGHT) for colour in (*MODEL_COLOURS.values(), *MORE_COLOURS)}
    pairs |= dict(zip(INKS, reversed(INKS)))
    return pairs | dict(zip(_colours(DARK), _colours(LIGHT)))


def _colours(theme: Theme) -> list[str]:
    flat = [theme.text, theme.muted, theme.grid, theme.zero, theme.truth, theme.truth_band, theme.on_base, theme.page]
    return [*theme.bases.values(), *theme.sequential, *theme.diverging, *flat]


def recoloured(text: str) -> str:
    """Return a text (JSON, SVG) with every colour of a dark page replaced; the picture buttons do the same in the browser."""
    colours = light_colours()
    return re.sub("|".join(map(re.escape, colours)), lambda found: colours[found[0]], text)

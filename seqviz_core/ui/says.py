"""What one track says, in a computed sentence that a screen reader can read; plain functions, no Streamlit."""

from collections.abc import Sequence

import numpy as np

from ..datasets import Site, planted_mask
from ..experiments import Knockout
from ..models import Span
from .sentences import on_sites


def signed(value: float) -> str:
    """Return a number with a sign and three figures at most."""
    return f"{value:+.2f}" if abs(value) >= 0.095 else f"{value:+.2g}"


def of_attribution(values: np.ndarray, sequence: str, sites: Sequence[Site], unit: str = "logits") -> str:
    """Return the strongest base of values (L,), and how much of their size lies on the planted sites."""
    size = np.abs(values)
    if not size.max():
        return "Nothing changes it."
    at = int(size.argmax())
    text = f"Strongest: {sequence[at]} at {at + 1:,} ({signed(float(values[at]))} {unit})"
    mask = planted_mask(sites, len(values))
    if mask.any() and not mask.all():
        text += (f"; {size[mask].sum() / size.sum():.0%} of its size lies on the planted sites, "
                 f"which are {mask.mean():.0%} of the bases")
    return f"{text}."


def of_map(row: str, values: np.ndarray, span: Span, length: int, sites: Sequence[Site], changed: bool = False) -> str:
    """Return where the values (P,) of one row are largest, and whether that is on a planted site."""
    if not np.abs(values).max(initial=0):
        return f"{row.capitalize()} does not change." if changed else f"{row.capitalize()} is silent here."
    at = int(np.abs(values).argmax())
    start, end = span.bases(at, length)
    where = f"at base {end:,}" if end - start == 1 else f"at {start + 1:,} to {end:,}"
    does = "changes most" if changed else "fires strongest"
    return f"{row[0].upper() + row[1:]} {does} {where}{on_sites(start, end, sites)}."


def of_knockout(knockout: Knockout, class_name: str) -> str:
    """Return what the logit of a class is without the filter that carries it."""
    places = 1 if abs(knockout.logit - knockout.logit_without) >= 0.1 else 3
    return (f"Without it the logit of {class_name} falls from {knockout.logit:z.{places}f} to "
            f"{knockout.logit_without:z.{places}f}.")


def of_memory(letter: str, values: np.ndarray, span: Span, length: int, sites: Sequence[Site], changed: bool) -> str:
    """Return where the states (units, P) change most from one step to the next, or where they differ most."""
    change = np.abs(values if changed else np.diff(values, axis=1, prepend=0)).mean(axis=0)
    start, end = span.bases(int(change.argmax()), length)
    how = "differs most from the reference" if changed else "changes most"
    return f"What is remembered ({letter}) {how} at {start + 1:,} to {end:,}{on_sites(start, end, sites)}."


def of_attention(received: np.ndarray, span: Span, length: int, sites: Sequence[Site], changed: bool) -> str:
    """Return the token that is looked at most: received (P,), the mean share over all tokens that look."""
    at = int(np.abs(received).argmax())
    start, end = span.bases(at, length)
    if changed:
        return f"The largest change is at {start + 1:,} to {end:,} ({signed(float(received[at]))}){on_sites(start, end, sites)}."
    return (f"Looked at most: {start + 1:,} to {end:,} (share {received[at]:.2g}; even attention would be "
            f"{1 / len(received):.2g}){on_sites(start, end, sites)}.")


def of_reading(values: np.ndarray) -> str:
    """Return the base that raises the logit of the prefixes most; values (2, L)."""
    prefix = values[0]
    if len(prefix) < 2:
        return ""
    step = np.diff(prefix)
    at = int(step.argmax())
    return f"The prefix gains most by base {at + 2:,} ({prefix[at]:.2f} to {prefix[at + 1]:.2f})."


def of_answer(p: np.ndarray, classes: Sequence[str], changed: bool) -> str:
    """Return the likeliest class but background at any base, or what changes most; p (C, L)."""
    c, at = np.unravel_index(np.abs(p[1:]).argmax(), p[1:].shape)
    if changed:
        return f"Changes most: {classes[c + 1]} at base {at + 1:,} ({signed(float(p[c + 1, at]))})."
    return f"Likeliest: {classes[c + 1]} at base {at + 1:,} ({p[c + 1, at]:.2f})."

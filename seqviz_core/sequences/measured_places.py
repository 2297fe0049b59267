"""Where measured effects lie in a sequence: where their table says, or where its wild type stands, on either strand."""

from typing import NamedTuple

import numpy as np

from ..errors import SeqVizError
from .codes import UNKNOWN, encode, reverse_complement
from .measured import Measured
from .variants import Variant, checked

LEAST_KNOWN = 15  # bases by which a stretch is recognised: a shorter one may stand anywhere
_SHARE = 0.6  # of rows whose reference has to stand where they say; by chance a quarter do


class Located(NamedTuple):
    """Measurements in a sequence: variants of it and their values (n,), and in words how their positions were understood."""

    variants: tuple[Variant, ...]
    values: np.ndarray
    left_out: int
    how: str


def located(measured: Measured, sequence: str) -> Located | None:
    """Return where the measurements lie in a sequence: at their positions, or where its wild type stands; None if nowhere."""
    plain = _shifted(measured, sequence, 1, "+")
    if len(plain[0]) >= _SHARE * len(measured.values):
        return Located(*plain, "Positions count from the first base of the sequence.")
    for strand in "+-":
        text = sequence if strand == "+" else reverse_complement(sequence)
        start = _found_in(measured, text)
        if start is not None:
            found = _shifted(measured, text, measured.first - start, strand)
            at = start if strand == "+" else len(sequence) - start - len(measured.wild_type())
            turned = "" if strand == "+" else ", on the other strand"
            return Located(*found, f"The table\u2019s reference {measured.place} stands at base {at + 1:,} of the sequence"
                                   f"{turned}.")
    return None


def _found_in(measured: Measured, text: str) -> int | None:
    """Return where the wild type stands in a text (0-based), its unknown bases matching any; None if nowhere or too short."""
    wild, codes = encode([measured.wild_type()])[0], encode([text])[0]
    known = np.flatnonzero(wild < UNKNOWN)
    if len(known) < min(LEAST_KNOWN, len(text)) or len(wild) > len(codes):
        return None
    places = np.arange(len(codes) - len(wild) + 1)
    for i in known:
        places = places[codes[places + i] == wild[i]]
        if not len(places):
            return None
    return int(places[0])


def _shifted(measured: Measured, text: str, first: int, strand: str) -> tuple[tuple[Variant, ...], np.ndarray, int]:
    """Return the variants, values and number of rows left out, where base `first` of the table is the text's first."""
    variants, values = [], []
    for position, ref, alt, value in zip(measured.positions.tolist(), measured.refs, measured.alts, measured.values):
        try:
            variant = checked(text, Variant(position - first, ref, alt))
        except SeqVizError:
            continue
        variants.append(variant if strand == "+" else variant.turned(len(text)))
        values.append(value)
    return tuple(variants), np.array(values, dtype=float), len(measured.values) - len(values)

"""The letters around the motifs: uniform, with a GC content, or dinucleotide shuffles of given sequences."""

import numpy as np

from ..errors import SeqVizError
from ..sequences import dinucleotide_shuffle, encode, parse_sequences
from ..settings import setting

BACKGROUNDS = ("uniform", "GC content", "shuffled")


def background_setting() -> str:
    """Return the field that asks for the kind of background."""
    return setting("uniform", "Background", choices=BACKGROUNDS)


def gc_setting() -> float:
    """Return the field that asks for the GC content of a background of independent bases."""
    return setting(0.5, "GC content of the background", low=0.05, high=0.95)


def sequences_setting() -> str:
    """Return the field that asks for the sequences that a background shuffles."""
    return setting("", "Sequences to shuffle", help="FASTA or plain; for the shuffled background")


def background_frequencies(kind: str, gc: float) -> np.ndarray | None:
    """Return the (4,) frequencies of independent bases, or None for shuffles, whose bases are not independent."""
    if kind == "shuffled":
        return None
    gc = 0.5 if kind == "uniform" else gc
    return np.array([1 - gc, gc, gc, 1 - gc]) / 2


def draw_background(n: int, length: int, kind: str, gc: float, sequences: str, rng: np.random.Generator) -> np.ndarray:
    """Return (n, length) uint8 codes.

    kind "shuffled" cuts a window of `length` out of a random one of `sequences` (plain text or FASTA) and shuffles it
    keeping its dinucleotide counts. Raises SeqVizError where no given sequence is long enough.
    """
    if kind == "shuffled":
        return _shuffled_windows(n, length, sequences, rng)
    frequencies = background_frequencies(kind, gc)
    if np.all(frequencies == 0.25):
        return rng.integers(0, 4, (n, length), dtype=np.uint8)
    return np.searchsorted(frequencies.cumsum()[:3], rng.random((n, length)), side="right").astype(np.uint8)


def _shuffled_windows(n: int, length: int, sequences: str, rng: np.random.Generator) -> np.ndarray:
    long_enough = [encode([run])[0] for run in _known_stretches(sequences) if len(run) >= length]
    if not long_enough:
        raise SeqVizError(f"Sequences to shuffle: none has {length} known bases in a row. Paste at least one that does.")
    source = rng.integers(0, len(long_enough), n)
    out = np.empty((n, length), dtype=np.uint8)
    for row, which in enumerate(source):
        sequence = long_enough[which]
        start = rng.integers(0, len(sequence) - length + 1)
        out[row] = dinucleotide_shuffle(sequence[start:start + length], 1, int(rng.integers(2**63)))[0]
    return out


def _known_stretches(text: str) -> list[str]:
    """Return every run of known bases of the pasted sequences."""
    if not text.strip():
        return []
    return [run for record in parse_sequences(text).records for run in record.sequence.split("N") if run]

"""Sequences as numbers: codes 0-3 for A, C, G, T and 4 for an unknown base, and one-hot arrays."""

from collections.abc import Sequence

import numpy as np

from ..errors import SeqVizError

ALPHABET = "ACGT"
UNKNOWN = 4

_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)
_CODE_OF = np.full(256, UNKNOWN, dtype=np.uint8)
_CODE_OF[list(b"ACGTU")] = _CODE_OF[list(b"acgtu")] = (0, 1, 2, 3, 3)
_COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVNacgturyswkmbdhvn", "TGCAAYRSWMKVHDBNtgcaayrswmkvhdbn")
_COMPLEMENT_CODE = np.array([3, 2, 1, 0, UNKNOWN], dtype=np.uint8)


def encode(sequences: Sequence[str]) -> np.ndarray:
    """Return the codes of equally long sequences, uint8 (N, L); either case, U as T, any other letter as unknown.

    Raises SeqVizError where a length differs from the first.
    """
    if isinstance(sequences, str):
        raise TypeError("encode takes a list of sequences, not one string")
    length = len(sequences[0]) if len(sequences) else 0
    for number, sequence in enumerate(sequences, 1):
        if len(sequence) != length:
            raise SeqVizError(f"Sequence {number} has {len(sequence):,} bases and the first has {length:,}; they have to be "
                              "equally long.")
    joined = np.frombuffer("".join(sequences).encode("ascii", "replace"), dtype=np.uint8)  # one byte a letter
    return _CODE_OF[joined].reshape(len(sequences), length)


def decode(codes: np.ndarray) -> list[str]:
    """Return the sequences of codes (N, L) in A, C, G, T and N."""
    return [row.tobytes().decode("ascii") for row in _LETTERS[codes]]


def one_hot_encode(codes_or_sequences: np.ndarray | Sequence[str]) -> np.ndarray:
    """Return X, float32 (N, 4, L), of codes (N, L) or of equally long sequences; an unknown base is an all-zero column."""
    given = codes_or_sequences
    codes = given if isinstance(given, np.ndarray) and given.dtype.kind in "ui" else encode(given)
    X = np.empty((codes.shape[0], 4, codes.shape[1]), dtype=np.float32)
    for base in range(4):
        np.equal(codes, base, out=X[:, base])
    return X


def reverse_complement(sequence: str) -> str:
    """Return the sequence read on the other strand; IUPAC codes are complemented, case is kept."""
    return sequence.translate(_COMPLEMENT)[::-1]


def reverse_complement_codes(codes: np.ndarray) -> np.ndarray:
    """Return codes (..., L) read on the other strand, uint8; unknown stays unknown."""
    return _COMPLEMENT_CODE[codes[..., ::-1]]


def reverse_complement_one_hot(X: np.ndarray) -> np.ndarray:
    """Return X (N, 4, L) read on the other strand: both the base axis and the position axis turned round; a copy."""
    return X[:, ::-1, ::-1].copy()


def gc_content(codes: np.ndarray) -> np.ndarray:
    """Return the share of G and C among the known bases of codes (N, L), float64 (N,); nan where none is known."""
    known = (codes < UNKNOWN).sum(axis=1)
    gc = ((codes == 1) | (codes == 2)).sum(axis=1)
    return np.divide(gc, known, out=np.full(len(codes), np.nan), where=known > 0)

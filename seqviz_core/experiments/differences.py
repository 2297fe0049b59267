"""What an edit changed inside a model: a map over the edited sequence minus the one over its reference, base under base."""

import numpy as np

from ..models import Span
from ..sequences import Alignment


def reference_columns(span: Span, n: int, n_reference: int, alignment: Alignment) -> np.ndarray:
    """Return the column of the reference's map that stands where each of `n` columns of the edited one does, int (n,).

    A column stands under the middle of the bases it sees; where that base was inserted, or the reference's map has no
    column there, it is -1. Without insertions and deletions column p stands where column p did.
    """
    middle = np.arange(n) * span.stride + span.offset + (span.width - 1) / 2
    base = np.clip(np.floor(middle), 0, len(alignment.source) - 1).astype(int)
    source = alignment.source[base]
    column = np.round((source + middle - base - span.offset - (span.width - 1) / 2) / span.stride).astype(int)
    return np.where((source >= 0) & (column >= 0) & (column < n_reference), column, -1)


def difference(edited: np.ndarray, reference: np.ndarray, span: Span, alignment: Alignment) -> np.ndarray:
    """Return edited minus reference, (..., n) like `edited`, in its units; 0 where the reference has no counterpart.

    edited (..., n), reference (..., m) : maps whose last axis is the position, with the same span.
    """
    columns = reference_columns(span, edited.shape[-1], reference.shape[-1], alignment)
    return np.where(columns >= 0, edited - reference[..., columns], 0).astype(edited.dtype)


def attention_difference(edited: np.ndarray, reference: np.ndarray, span: Span, alignment: Alignment) -> np.ndarray:
    """Return the change of attention patterns (..., query, key), 0 where a query or a key has no counterpart."""
    queries = reference_columns(span, edited.shape[-2], reference.shape[-2], alignment)
    keys = reference_columns(span, edited.shape[-1], reference.shape[-1], alignment)
    both = (queries[:, None] >= 0) & (keys >= 0)
    return np.where(both, edited - reference[..., queries[:, None], keys], 0).astype(edited.dtype)


def reversed_alignment(alignment: Alignment, reference_length: int) -> Alignment:
    """Return the alignment of the reverse complements of both sequences."""
    source = np.where(alignment.source >= 0, reference_length - 1 - alignment.source, -1)[::-1]
    return Alignment(source, alignment.changed[::-1], alignment.deleted_before[::-1])

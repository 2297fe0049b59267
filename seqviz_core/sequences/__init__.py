"""Sequences: read from text, as codes and one-hot arrays, reversed, shuffled."""

from .codes import (
    ALPHABET,
    UNKNOWN,
    decode,
    encode,
    gc_content,
    one_hot_encode,
    reverse_complement,
    reverse_complement_codes,
    reverse_complement_one_hot,
)
from .edits import Alignment, Edit, align, apply_edit, apply_edits, read_edits, write_edits
from .labelled import Labelled, header_label, label_records, parse_labelled, without_label
from .parse import Limits, Parsed, SequenceRecord, parse_sequences
from .shuffle import dinucleotide_shuffle

__all__ = [
    "ALPHABET", "UNKNOWN", "Alignment", "Edit", "Labelled", "Limits", "Parsed", "SequenceRecord", "align", "apply_edit",
    "apply_edits", "decode", "dinucleotide_shuffle", "encode", "gc_content", "header_label", "label_records", "one_hot_encode",
    "parse_labelled", "parse_sequences", "read_edits", "reverse_complement", "reverse_complement_codes",
    "reverse_complement_one_hot", "without_label", "write_edits",
]

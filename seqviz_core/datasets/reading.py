"""From labelled text to given sequences: one length, classes, copies left out, shuffled negatives, warnings."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..errors import SeqVizError
from ..metrics import auroc
from ..sequences import Limits, decode, dinucleotide_shuffle, encode, parse_labelled
from .fixed import FOLDS, Given, distinct, strand_groups

MOST_BASES = 10_000_000
LONGEST, SHORTEST = 2000, 8  # bases of every sequence: where the length is left open; at all
MOST_CLASSES = 50
SHUFFLES, SHUFFLE_SEED = "dinucleotide shuffles", 1
NEGATIVE = re.compile(r"0|-|-1|(.*[ ._/()-])?(no|not|non|neg\w*|none|false|control|background|unbound|shuffled)([ ._/()-].*)?")


@lru_cache(maxsize=8)
def read_given(text: str, negatives: str, bases: int, limits: Limits) -> Given:
    """Return the sequences of labelled text at a length of `bases` (0: as the longest, up to LONGEST).

    negatives : "given", or SHUFFLES: a dinucleotide shuffle of each sequence. Raises SeqVizError for what cannot be used.
    """
    parsed = parse_labelled(text, limits)
    whole = [record.sequence for record in parsed.records]
    length = bases or min(max(map(len, whole)), LONGEST)
    _check_size(length, len(whole))
    sequences = [_middle(sequence, length) for sequence in whole]
    if negatives == SHUFFLES:
        sequences, labels, groups = _with_shuffles(sequences, parsed.labels)
    else:
        labels, groups = _given_labels(parsed.labels), strand_groups(sequences)
    kept = distinct(sequences, labels)
    sequences, labels = [sequences[row] for row in kept.rows], [labels[row] for row in kept.rows]
    classes = _classes(labels)
    index = np.array([classes.index(label) for label in labels], dtype=np.int64)
    notices = [*parsed.notices, *_left_out(kept.copies, kept.contradicting), *_lengths(whole, length)]
    notices += _length_tells([min(len(s), length) for s in sequences], index, classes)
    codes = encode([sequence.ljust(length, "N") for sequence in sequences])
    return Given(codes, index, groups[kept.rows], classes, tuple(notices))


def _check_size(length: int, n: int) -> None:
    if length < SHORTEST:
        raise SeqVizError(f"The sequences would be {length} bases long; at least {SHORTEST} are needed.")
    if n * length > MOST_BASES:
        raise SeqVizError(f"{n:,} sequences of {length:,} bases are {n * length:,} bases; at most {MOST_BASES:,} are taken. "
                          "Set a smaller length, or give fewer sequences.")


def _middle(sequence: str, length: int) -> str:
    start = max(0, (len(sequence) - length) // 2)
    return sequence[start:start + length]


def _given_labels(labels: Sequence[str]) -> list[str]:
    if not labels:
        raise SeqVizError("No sequence has a label. Write label=... into every header, add a column named label, or choose "
                          f"{SHUFFLES} as negatives.")
    if len(set(labels)) == 1:
        raise SeqVizError(f"Every sequence is labelled {labels[0]!r}. Add sequences with another label, or "
                          f"choose {SHUFFLES} as negatives.")
    return list(labels)


def _with_shuffles(sequences: list[str], labels: Sequence[str]) -> tuple[list[str], list[str], np.ndarray]:
    """Return the sequences, then a shuffle of each, their labels and groups: a sequence and its shuffle are in one group."""
    names = sorted(set(labels))
    if len(names) > 1:
        raise SeqVizError(f"The sequences have {len(names)} labels already ({', '.join(names[:4])}). Choose given negatives, or "
                          "leave only the positives.")
    first = distinct(sequences, [0] * len(sequences)).rows
    sequences = [sequences[row] for row in first]
    shuffles = [decode(dinucleotide_shuffle(encode([sequence])[0], 1, SHUFFLE_SEED + row))[0]
                for row, sequence in enumerate(sequences)]
    positive = names[0] if names and names[0] != "1" and not _is_negative(names[0]) else "positive"
    groups = strand_groups(sequences)
    return sequences + shuffles, [positive] * len(sequences) + ["shuffled"] * len(shuffles), np.tile(groups, 2)


def _classes(labels: list[str]) -> tuple[str, ...]:
    """Return the classes in order, negative ones first; raises SeqVizError for too few sequences or too many classes."""
    counts = Counter(labels)
    if len(counts) < 2:
        raise SeqVizError("Without the sequences that have several labels, fewer than two classes remain. Give each sequence one "
                          "label.")
    if len(counts) > MOST_CLASSES:
        raise SeqVizError(f"There are {len(counts):,} different labels, and at most {MOST_CLASSES} classes are taken. "
                          "Are these names?")
    name, least = min(counts.items(), key=lambda item: item[1])
    if least < FOLDS:
        raise SeqVizError(f"The class {name!r} has {least} different sequence{'s' * (least != 1)}; at least {FOLDS} are needed, "
                          "so that training, validation and test each have one.")
    return tuple(sorted(counts, key=lambda label: (not _is_negative(label), label)))


def _is_negative(label: str) -> bool:
    return NEGATIVE.fullmatch(label.lower()) is not None


def _left_out(copies: int, contradicting: int) -> list[str]:
    notices = [f"{copies:,} {'copies' if copies > 1 else 'copy'} of another sequence left out."] if copies else []
    return notices + [f"{contradicting:,} left out: the same sequence has several labels."] * (contradicting > 0)


def _lengths(whole: list[str], length: int) -> list[str]:
    longer, shorter = sum(len(s) > length for s in whole), sum(len(s) < length for s in whole)
    notices = [f"{longer:,} longer than {length:,} bases: only the middle is read."] if longer else []
    return notices + [f"{shorter:,} shorter than {length:,} bases: filled up with unknown bases at the end."] * (shorter > 0)


def _length_tells(lengths: list[int], index: np.ndarray, classes: tuple[str, ...]) -> list[str]:
    """Return a warning where the length alone tells a class apart: padding is then all that a model needs."""
    areas = [auroc(np.array(lengths, dtype=float), index == c) for c in range(len(classes))]
    best = int(np.argmax(np.abs(np.array(areas) - 0.5)))
    if abs(areas[best] - 0.5) < 0.1:
        return []
    return [f"Beware: length alone tells {classes[best]!r} apart (AUROC {max(areas[best], 1 - areas[best]):.2f}). A model can "
            "count unknown bases instead of reading. Set a length that all sequences have."]

"""The letters themselves, as features to compare a model's internals with, and as types for the control task."""

import numpy as np

from .linear_probes import Truth
from .probe_units import Internal, Material, Question

KMER, WINDOW = 3, 64


def control_truth(asked: Question, internal: Internal, material: Material, seed: int) -> Truth:
    """Return the control task of Hewitt and Liang (2019): the same rows, each with the random answer of its last KMER letters.

    Answers are drawn from those of the task itself, one for each word. A probe that tells them too has memorised words.
    """
    words = (last_letters(internal, material, asked.pooled, KMER) @ 5 ** np.arange(KMER))[asked.rows]
    truth = asked.truth
    answers = np.random.default_rng(seed).choice(truth.values[truth.learn], 5**KMER)
    return Truth(answers[words], truth.group, truth.learn, truth.classes)


def last_letters(internal: Internal, material: Material, pooled: bool, width: int) -> np.ndarray:
    """Return (M, width) int8: the last bases each unit has read, in its direction, 0 to 3; 4 for an unknown one or none.

    pooled : the middle ones of each sequence instead, (N, width).
    """
    found, start = [], 0
    for part, units in zip(material.parts, internal.units):
        codes = np.where(part.X.any(axis=1), part.X.argmax(axis=1), 4).astype(np.int8)
        codes = codes[:, ::-1] if internal.leftwards else codes
        padded = np.pad(codes, ((0, 0), (width, 0)), constant_values=4)
        ends = np.array([(codes.shape[1] + width) // 2]) if pooled else internal.read[start:start + units]
        found.append(padded[:, ends[:, None] + np.arange(width)].reshape(-1, width))
        start += units * len(part.X)
    return np.concatenate(found)


def raw_letters(internal: Internal, material: Material, pooled: bool) -> np.ndarray:
    """Return what the letters alone say: of a unit its window one-hot (M, 4 * width), the last WINDOW bases of it at the most;
    pooled : the share of each of the 64 words of three bases in a sequence, (N, 64)."""
    if pooled:
        return np.concatenate([_word_shares(part.X) for part in material.parts])
    letters = last_letters(internal, material, False, min(internal.span.width, WINDOW))
    return (letters[..., None] == np.arange(4)).reshape(len(letters), -1).astype(np.float64)


def _word_shares(X: np.ndarray) -> np.ndarray:
    codes = np.where(X.any(axis=1), X.argmax(axis=1), 64)
    if codes.shape[1] < KMER:
        return np.zeros((len(codes), 4**KMER))
    words = np.lib.stride_tricks.sliding_window_view(codes, KMER, axis=1) @ 4 ** np.arange(KMER)[::-1]
    return np.stack([(words == word).mean(axis=1) for word in range(4**KMER)], axis=1)

"""What is kept between reruns, and what one visitor's long sequence does to it."""

import pytest

from seqviz_core.ui.cached import LONG, answered, load, trace_of

SHORT = "ACGTTGCA" * 5


def long_ones(n: int) -> list[str]:
    return ["ACGT"[i % 4] * (i + 1) + "ACGTTGCA" * (LONG // 8) for i in range(n)]


def test_a_long_sequence_drops_nobody_elses_traces():
    loaded = load("cnn")
    before, long = trace_of(loaded, SHORT), trace_of(loaded, long_ones(1)[0])
    assert trace_of(loaded, SHORT) is before and trace_of(loaded, long_ones(1)[0]) is long


@pytest.mark.parametrize("run, kept", [("cnn", 6), ("attention", 4)])
def test_long_traces_are_kept_as_memory_allows(run: str, kept: int):
    loaded = load(run)
    traces = [trace_of(loaded, sequence) for sequence in long_ones(6)]
    assert all(trace_of(loaded, sequence) is trace for sequence, trace in zip(long_ones(6)[-kept:], traces[-kept:]))
    assert (trace_of(loaded, long_ones(1)[0]) is traces[0]) == (kept == 6)


def test_an_answer_outlives_its_trace():
    loaded = load("attention")
    first = answered(loaded, long_ones(1)[0])
    for sequence in long_ones(6)[1:]:
        trace_of(loaded, sequence)
    assert answered(loaded, long_ones(1)[0]) is first

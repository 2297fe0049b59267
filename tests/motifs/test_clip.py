"""Clipping by hand: columns of one base carry 2 bits, columns of four carry none, half and half 1 bit."""

import numpy as np
import pytest

from seqviz_core.motifs import Motif, clip

ONE, HALF, ANY = [100, 0, 0, 0], [50, 50, 0, 0], [25, 25, 25, 25]


def motif(*columns):
    return Motif("m", "name", np.transpose(columns))


@pytest.mark.parametrize("bits, flank, start, end",
                         [(0.5, 0, 4, 7), (0.5, 3, 1, 10), (0.5, 9, 0, 12), (1.5, 0, 4, 5), (1.5, 1, 3, 6)])
def test_by_hand(bits, flank, start, end):
    whole = motif(*[ANY] * 4, ONE, ANY, HALF, *[ANY] * 5)
    clipped = clip(whole, bits, flank)
    assert clipped.start == start and (clipped.motif.id, clipped.motif.name) == ("m", "name")
    np.testing.assert_array_equal(clipped.motif.counts, whole.counts[:, start:end])


def test_koo_and_eddy_is_the_default():
    assert clip(motif(*[ANY] * 5, ONE, *[ANY] * 5)).motif.width == 7


def test_nothing_is_left_of_a_motif_that_says_nothing():
    assert clip(motif(*[ANY] * 6)) is None and clip(motif(HALF, HALF), bits=1.5) is None

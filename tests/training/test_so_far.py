"""What has been read so far: by hand, on sequences of a few bases."""

from types import SimpleNamespace

import numpy as np
import torch

from seqviz_core.models import Span
from seqviz_core.training.config import GC, POSITION, SEEN, SO_FAR
from seqviz_core.training.so_far import bases_read, first_seen, so_far
from tests.toy_models import one_hot

X = torch.from_numpy(one_hot("ACGT", "NGNA"))
EVERY = torch.arange(1, 5)


def test_how_much_a_unit_has_read():
    """Units of 4 bases every 2, the first one hanging over the left end by one base: they see -1..3, 1..5, 3..7, 5..9 of 6."""
    span = Span(stride=2, offset=-1, width=4)
    assert bases_read(span, 4, 6, leftwards=False).tolist() == [3, 5, 6, 6]
    assert bases_read(span, 4, 6, leftwards=True).tolist() == [6, 5, 3, 1]


def test_gc_so_far_is_of_known_bases_in_the_reading_direction():
    rightwards, leftwards = so_far(GC, X, EVERY, False), so_far(GC, X, EVERY, True)
    assert torch.allclose(rightwards[0], torch.tensor([0, 1 / 2, 2 / 3, 1 / 2]))
    assert torch.allclose(leftwards[0], torch.tensor([0, 1 / 2, 2 / 3, 1 / 2]))
    assert torch.isnan(rightwards[1, 0]) and torch.allclose(rightwards[1, 1:], torch.tensor([1, 1, 1 / 2]))
    assert torch.allclose(leftwards[1], torch.tensor([0, 0, 1 / 2, 1 / 2]))


def test_position_is_the_share_that_is_read():
    assert so_far(POSITION, X, torch.tensor([1, 4]), False).tolist() == [[0.25, 1]] * 2


def test_a_motif_is_seen_once_its_last_base_is_read():
    sites = SimpleNamespace(sequence=np.array([0, 0]), start=np.array([0, 2]), end=np.array([2, 3]))
    first = first_seen(sites, 2, 4)
    assert first.tolist() == [[2, 2], [5, 5]]  # leftwards the site at 2..3 comes first: two bases from the end
    assert so_far(SEEN, X, EVERY, False, torch.from_numpy(first)).tolist() == [[0, 1, 1, 1], [0, 0, 0, 0]]
    assert so_far(SEEN, X, EVERY, True, torch.from_numpy(first)).tolist() == [[0, 1, 1, 1], [0, 0, 0, 0]]


def test_every_target_has_one_number_for_a_unit():
    for target in SO_FAR:
        assert so_far(target, X, EVERY, True, torch.ones(2, 2, dtype=torch.int64)).shape == (2, 4)

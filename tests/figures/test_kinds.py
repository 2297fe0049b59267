"""What a track can be: where its columns lie, what its scale means, and what does not fit a sequence."""

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.figures.kinds import (
    HeatmapTrack,
    LineTrack,
    LogoTrack,
    SiteMark,
    SitesTrack,
    check_track,
    column_centres,
    gate_tracks,
    limits_of_map,
    span_of,
    top_rows,
)


def test_columns_stand_in_the_middle_of_the_bases_they_see():
    # stride 4, offset -2, width 11: unit 0 sees bases -2 ... 8, whose middle is base 3, so 1-based position 4.
    # Unit 10 sees 38 ... 48 (0-based), the middle is 43, position 44.
    assert column_centres(25, 4, -2, 11)[[0, 10]].tolist() == [4, 44]
    assert column_centres(3, 1, -5, 11).tolist() == [1, 2, 3]
    assert column_centres(1, 2, 0, 2).tolist() == [1.5]  # an even width has its middle between two bases


def test_a_logo_has_one_column_a_base():
    assert span_of(LogoTrack("?", np.zeros(3))) == (1, 0, 1)
    assert span_of(LineTrack("?", np.zeros(3), span_stride=4, span_offset=-2, span_width=11)) == (4, -2, 11)


def test_signed_maps_are_symmetric_about_zero_and_unsigned_ones_begin_there():
    values = np.array([[-1.0, 3.0], [0.5, 2.0]])
    def scale(values: np.ndarray = values, **more) -> tuple[float, float]:
        return limits_of_map(HeatmapTrack("?", values, **more))
    assert scale(signed=True) == (-3, 3)
    assert scale(signed=True, zmin=-1.0, zmax=1.0) == (-1, 1)
    assert scale(signed=True, zmax=2.0) == (-2, 2)
    assert scale(zmin=0.0, zmax=1.0) == (0, 1)
    assert scale(np.abs(values)) == (0, 3)
    assert scale(np.zeros((2, 2))) == (0, 1) and scale(np.zeros((2, 2)), signed=True) == (-1, 1)  # never empty


def test_gate_maps_come_in_order_with_their_own_scales():
    tracks = gate_tracks({name: np.full((4, 10), 0.3) for name in "hcogfi"})
    assert [t.unit for t in tracks] == list("ifgoch") and [bool(t.title) for t in tracks] == [True] + 5 * [False]
    scales = [limits_of_map(t) for t in tracks]
    assert scales[0] == scales[1] == scales[3] == (0, 1) and scales[2] == scales[5] == (-1, 1)
    assert scales[4] == pytest.approx((-0.3, 0.3))


def test_a_grus_gates_are_drawn_from_zero_to_one_and_its_states_signed():
    tracks = gate_tracks({name: np.full((4, 10), 0.3) for name in "hnzr"})
    assert [(t.symbol, t.signed, t.zmin, t.zmax) for t in tracks] == [
        ("reset r", False, 0, 1), ("update z", False, 0, 1), ("candidate n", True, -1, 1), ("hidden h", True, -1, 1)]
    assert gate_tracks({"h": np.zeros((4, 10))})[0].legend == "State h: red above zero, blue below."


@pytest.mark.parametrize(("track", "words"), [
    (LogoTrack("Why?", np.zeros(3)), "3 values for 100 bases"),
    (LogoTrack("Why?", np.full(100, np.nan)), "'Why[?]' cannot be drawn: some of its values are not finite"),
    (HeatmapTrack("Why?", np.zeros((0, 100))), "nothing to draw"),
    (HeatmapTrack("Why?", np.zeros(100)), "nothing to draw"),
    (HeatmapTrack("Why?", np.zeros((2, 100)), rows=["a"]), "1 names for 2 rows"),
    (LineTrack("Why?", np.zeros((2, 3, 4))), "nothing to draw"),
    (LineTrack("Why?", np.zeros((2, 3)), names=["a", "b", "c"]), "3 names for 2 rows"),
    (SitesTrack("Why?", [SiteMark("X", 95, 101)]), "outside the 100 bases"),
    (SitesTrack("Why?", [SiteMark("X", 5, 9, logo=np.eye(4)[:, :3])]), "'X' has shape .4, 3.; a site of 4 bases needs .4, 4.[.]"),
])
def test_what_does_not_fit_is_one_sentence(track, words):
    with pytest.raises(SeqVizError, match=words):
        check_track(track, 100)


@pytest.mark.parametrize("track", [LogoTrack("?", np.zeros(100)), SitesTrack("?", [SiteMark("X", 96, 100, logo=np.eye(4))]),
                                   HeatmapTrack("?", np.zeros((2, 25))), LineTrack("?", np.zeros(7))])
def test_what_fits_passes(track):
    check_track(track, 100)


def test_top_rows_are_the_largest_first():
    values = np.array([[0, 1.0], [-5, 0], [2, 2], [0, 0]])
    assert top_rows(values, 3).tolist() == [1, 2, 0]

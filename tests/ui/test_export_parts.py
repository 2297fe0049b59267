"""The Export menu's own tables: a column a model, whatever the models are called."""

import numpy as np

from seqviz_core.figures.kinds import LogoTrack, SitesTrack
from seqviz_core.figures.prediction import Prediction
from seqviz_core.figures.scene import Placed, scene
from seqviz_core.ui.export_parts import _captions, _heights, _probabilities


def test_probabilities_stand_in_a_column_a_model():
    shown = [Prediction("CNN", "cnn", ("a", "b"), np.array([0.25, 0.75])),
             Prediction("CNN", "cnn", ("b", "c"), np.array([1, 1e-6])),
             Prediction("LSTM", "lstm", ("a",), np.array([0.5]))]
    assert _probabilities(shown) == {"class": ["a", "b", "c"], "CNN": ["0.25", "0.75", ""], "CNN'": ["", "1", "1e-06"],
                                     "LSTM": ["0.5", "", ""]}


def test_captions_are_whole_and_nameless_tracks_have_none():
    placed = [Placed(SitesTrack("Where?", [], "Arrows."), "planted", "planted"),
              Placed(LogoTrack("Which?", np.zeros(3), "Up.", badge="truth 1"), "a", "attribution", "CNN", says="Strongest: A."),
              Placed(LogoTrack("", np.zeros(3)), "b", "gate", "CNN")]
    captions = _captions(scene("ACG", placed)["tracks"])
    assert captions == {"track": ["Where?", "CNN: Which?"], "here": ["", "Strongest: A."], "how to read it": ["Arrows.", "Up."],
                        "beside it": ["", "truth 1"]}


def test_a_letter_is_as_tall_as_the_value_of_its_base():
    heights = _heights("GNA", np.array([2.0, 3.0, -1.0]))
    assert heights.tolist() == [[0, 0, -1], [0, 0, 0], [2, 0, 0], [0, 0, 0]]

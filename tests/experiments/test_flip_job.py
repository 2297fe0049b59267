"""The search as a piece of work, and what is said of a way."""

import json

import numpy as np
import pytest
from toy_models import TwoMotifs, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import At
from seqviz_core.experiments.flip import Goal, Path, Substitution, allowed_positions, random_goals
from seqviz_core.experiments.flip_job import Way, _way, better, find_way, found_way, from_json, to_json, way_args, with_pairs
from seqviz_core.experiments.flip_words import Opinion, climbed, column_words, conclude
from seqviz_core.training import find_run

SEQUENCE = random_sequences(1, 40, 3)[0]
A, B = "GATAAGCC", "CACGTGTA"
BOTH = SEQUENCE[:5] + A + SEQUENCE[13:25] + B + SEQUENCE[33:]
AWAY = Goal(0, "softmax", away=True)


def path(goals: list[float], excluded: int = 0) -> Path:
    changes = tuple(Substitution(i, 0, 1) for i in range(len(goals) - 1))
    return Path(changes, np.array(goals), np.tile([0, 1.5, -0.25, 0], (len(changes), 1)), excluded)


@pytest.mark.parametrize("way", [Way(AWAY), Way(Goal(At(2, 7), "positions", False), ((3, 9), (12, 13)), 5, 8, True, False)])
def test_a_way_comes_back_from_json_as_it_was(way):
    assert _way(json.loads(json.dumps(way_args(way)))) == way


def test_a_path_comes_back_from_json_as_it_was():
    one = found_way(conv_model(3), BOTH, Way(AWAY, width=3))
    again = from_json(to_json(one))
    assert again.changes == one.changes and again.excluded == one.excluded
    np.testing.assert_array_equal(again.goals, one.goals)
    np.testing.assert_array_equal(again.columns, one.columns)
    assert from_json(to_json(path([1.0]))).columns.shape == (0, 4)


def test_as_a_piece_of_work_it_is_the_same():
    sequence, way = (BOTH * 3)[:100], Way(Goal(3, "softmax", away=False), ((0, 50),), most=3)
    shares = []
    files = find_way({"run": "cnn", "sequence": sequence, "way": way_args(way)}, lambda share, words: shares.append(share))
    here = found_way(find_run("cnn").load_model(), sequence, way)
    assert from_json(files["path.json"]).changes == here.changes and shares and shares == sorted(shares)
    assert all(c.position >= 50 for c in here.changes)


def test_every_pair_finds_what_greed_cannot_see():
    either = TwoMotifs((A, B), "or")
    pairs = found_way(either, BOTH, Way(AWAY, pairs=True))
    greedy = found_way(either, BOTH, Way(AWAY, most=1))
    assert pairs.reached == 2 and pairs.fewest_proven and greedy.reached is None and greedy.excluded == 1
    both = with_pairs(greedy, pairs)
    assert both.reached == 2 and both.fewest_proven
    nothing = with_pairs(path([-3, -2, -1, 1], 1), path([-3, -2, -1], 1))
    assert nothing.reached == 3 and nothing.excluded == 2 and nothing.fewest_proven
    assert better(path([-1, -1, 1]), path([-1, 1])).reached == 1 and better(path([-1, 0.5]), path([-1, 0.7])).goals[-1] == 0.7


def test_a_proven_flip_in_words():
    control = np.array([[-1, -1, 1], [-1, -1, -1], [-1, 1, -1], [-1, 1, 1]])
    text = conclude(path([-3, -1, 2], 1), "The CNN model", "GATA2", "none", by="greedy search", random_goals=control,
                    others=[Opinion("LSTM", "GATA2", "none"), Opinion("Attention", "GATA2", "GATA2")])
    assert text == ("2 substitutions turn the call of the CNN model from GATA2 to none: 1A>C and 2A>C. That is the fewest: no "
                    "single substitution does it; all were tried. Of 4 random sets of 2, 2 flip it. Of the other models, LSTM "
                    "(GATA2 to none) turns too; Attention (GATA2) calls what it did.")
    one = conclude(path([-3, 2]), "The CNN model", "GATA2", "none", by="greedy search", random_goals=control, where=" at base 16")
    assert "from GATA2 to none at base 16: 1A>C." in one
    assert "1 substitution turns" in one and "No fewer can. Of 4 random single substitutions, 2 flip it." in one


def test_what_is_not_proven_says_at_most():
    control = np.full((10, 4), -1.0)
    text = conclude(path([-3, -2, -1, 1], 1), "The M", "a", "b", by="a beam search of width 4", random_goals=control)
    assert "At most 3, found by a beam search of width 4; fewer may do, but no single substitution does it." in text
    assert "That is the fewest: no one or two substitutions do it; all were tried." in conclude(
        path([-3, -2, -1, 1], 2), "The M", "a", "b", by="greedy search", random_goals=control)
    fails = conclude(path([-3, -2], 1), "The M", "a", "a", by="greedy search", random_goals=control)
    assert fails == ("1 substitution found by greedy search does not flip the call of the M, a: what has to rise above 0 goes "
                     "from −3.00 to −2.00. No single substitution does it; all were tried.")


def test_a_climb_in_words():
    control = np.array([[-5, -4, -3, -2], [-5, -4, -3, 1]])
    assert climbed(path([-5, -1, 2, 4]), "The CNN model", "SP1", control) == (
        "From a random start, 2 substitutions make the CNN model call SP1; after 3 its lead is 4.00. Of 2 random ways of 3 "
        "substitutions, 1 gets there.")
    assert "at the random start already; after 1" in climbed(path([1, 2]), "The M", "a", control)
    assert "1 substitution do not" not in climbed(path([-5, -4]), "The M", "a", control)
    assert "its lead goes from −5.00 to −4.00" in climbed(path([-5, -4]), "The M", "a", control)


def test_the_column_in_words():
    assert column_words(path([-1, 1]), 0) == "A (was), C +1.50, G −0.25, T +0.00"


def test_a_climb_makes_the_consensus_of_a_linear_model():
    model = linear_model(5, length=12, classes=3)
    found = found_way(model, "ACGTACGTACGT", Way(Goal(1, "sigmoid", away=False), most=50, climb=True))
    last = found.sequences(one_hot("ACGTACGTACGT")[0])[-1]
    assert (last.argmax(0) == model.weight[1].detach().argmax(0)).all()
    x = one_hot("ACGTACGTACGT")[0]
    assert random_goals(Goal(1, "sigmoid", False).asks(model), x, allowed_positions(x, []), 3, 7, 1).shape == (7, 4)


def test_a_pair_that_flips_excludes_only_single_substitutions():
    step = Substitution(0, 0, 1)
    path_of = lambda goals, excluded: Path((step,) * (len(goals) - 1), np.array(goals), np.zeros((len(goals) - 1, 4)), excluded)
    found = with_pairs(path_of([-3.0, -2, -1, 1], 1), path_of([-3.0, -1, 1], 1))
    assert found.reached == 2 and found.excluded == 1 and found.fewest_proven
    none = with_pairs(path_of([-3.0, -2, -1, 1], 1), path_of([-3.0, -1, -0.5], 1))
    assert none.reached == 3 and none.excluded == 2 and none.fewest_proven

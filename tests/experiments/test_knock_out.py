"""All of a knock-out in one, its way through JSON and a worker, and what is said of it."""

import numpy as np
import pytest
import torch
from toy_models import Constant, TwoMotifs, conv_model, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.ablation import Criterion
from seqviz_core.experiments.knock_out import (
    Question,
    from_json,
    knock_out,
    knock_out_many,
    question_args,
    rows_asked,
    stretches,
    to_json,
)
from seqviz_core.experiments.knock_out_words import amount, called_words, conclude, unchanged_words
from seqviz_core.experiments.replacing import Part
from seqviz_core.training import find_run

SEQUENCE = random_sequences(1, 60, 3)[0]
A, B = "GATAAGCC", "CACGTGTA"
BOTH = SEQUENCE[:10] + A + SEQUENCE[18:40] + B + SEQUENCE[48:]
PARTS = [Part("A", 10, 18), Part("B", 40, 48)]


def said(how: str, question: Question, **model) -> str:
    return " ".join(conclude(knock_out(TwoMotifs((A, B), how, **model), BOTH, 0, "softmax", question), "X", "The toy model"))


def test_an_and_in_words():
    text = said("and", Question(tuple(PARTS)))
    assert "without A 11 to 18 the logit of X falls by 4.00, more than without any other part" in text
    assert "a random span of 8 bases elsewhere costs 0, at most 0 in 20 places" in text
    assert "Necessary for the call: A 11 to 18 (call lost in 20 of 20 shuffles) and B 41 to 48" in text
    assert "The smallest sufficient set is: A 11 to 18 and B 41 to 48; with everything else shuffled the call stays in " in text
    assert "against −1.00 with random spans of the same width kept (enough in 0 of 20 places)" in text
    assert text.endswith("Synergy: A 11 to 18 and B 41 to 48 need each other (interaction +4.00; with random spans at most 0 "
                         "either way).")


def test_an_or_in_words():
    text = said("or", Question(tuple(PARTS)))
    assert "falls" not in text and "within chance" in text
    assert "No part is necessary: without any one of them the call stays in at least half of the 20 shuffles." in text
    assert "Sufficient alone: A 11 to 18" in text and "B 41 to 48 would do as well." in text
    assert text.endswith("Redundancy: A 11 to 18 and B 41 to 48 stand in for each other (interaction −4.00; with random spans "
                         "at most 0 either way).")


def test_one_part_that_is_not_enough_and_one_that_is_not_needed():
    text = said("and", Question((PARTS[0],)))
    assert "Not sufficient: with everything else shuffled, it is not enough (the call stays in 0 of 20 shuffles" in text
    text = said("or", Question((PARTS[0],)))
    assert "It is not necessary: without it the call stays in 20 of 20 shuffles." in text


def test_by_the_logit_and_without_a_call():
    text = said("and", Question(tuple(PARTS), criterion=Criterion("logit", 0.3)))
    assert "it takes more than 30 % of what the logit has above shuffles of the sequence" in text
    found = knock_out(TwoMotifs((A, B), "and", off=9.0), BOTH, 0, "softmax", Question(tuple(PARTS)))
    assert called_words(found.ablation, "X").startswith("X is not what is called here")
    alone = knock_out(Constant(torch.tensor([2.0])), BOTH, 0, "softmax", Question(tuple(PARTS)))
    assert "one class" in called_words(alone.ablation, "X") and "nothing to lose" in conclude(alone, "X", "The toy")[1]


def test_a_scan_finds_the_parts_and_measures_them_again():
    found = knock_out(TwoMotifs((A, B), "and"), BOTH, 0, "softmax", Question(tile=6))
    assert [(p.start, p.end) for p in found.ablation.parts] == [(6, 21), (36, 51)]
    assert found.scan.seed == 0 and found.ablation.seed == 1 and found.sufficient.kept == (0, 1)
    assert stretches(found.scan) == found.ablation.parts
    nothing = knock_out(Constant(torch.tensor([1.0, 0.0])), BOTH, 0, "softmax", Question(tile=6))
    assert nothing.ablation is None and "no tile stands out" in conclude(nothing, "X", "The toy model")[0]


def test_many_parts_are_not_combined():
    parts = tuple(Part("", i, i + 4) for i in range(0, 56, 4))
    found = knock_out(TwoMotifs((A, B), "and"), BOTH, 0, "softmax", Question(parts, n=5))
    assert len(found.ablation.parts) == 14 and found.sufficient is None and found.pairs is None


@pytest.mark.parametrize("question", [Question(tuple(PARTS), n=5), Question(tile=10, n=5), Question((PARTS[0],), n=5)])
def test_it_comes_back_from_json_as_it_was(question):
    found = knock_out(conv_model(3), BOTH, 0, "softmax", question)
    again = from_json(to_json(found))
    assert conclude(again, "X", "M") == conclude(found, "X", "M")
    for one, other in zip(found, again):
        assert (one is None) == (other is None)
        for name in () if one is None else one.__dataclass_fields__:
            np.testing.assert_equal(getattr(other, name), getattr(one, name))


def test_as_a_piece_of_work_it_is_the_same():
    run, question, sequence = find_run("cnn"), Question((Part("GATA2", 10, 18),), n=5), (BOTH * 2)[:100]
    shares = []
    files = knock_out_many({"runs": [["cnn", 0, None, "softmax", run.status.finished]], "sequence": sequence,
                            "question": question_args(question)}, lambda share, words: shares.append(share))
    here = knock_out(run.load_model(), sequence, 0, "softmax", question)
    assert conclude(from_json(files["cnn.json"]), "X", "M") == conclude(here, "X", "M")
    assert shares == sorted(shares) and shares[0] == 0 and 0.5 < shares[-1] <= 1


def test_a_short_span_is_warned_about():
    found = knock_out(conv_model(1), "TTTT" + BOTH, 0, "softmax", Question((Part("", 0, 4),), filler="pairs"))
    assert unchanged_words(found.ablation).startswith("Bases 1 to 4 stays as it is in 20 of 20 shuffles")
    assert unchanged_words(knock_out(conv_model(1), BOTH, 0, "softmax", Question(tuple(PARTS))).ablation) == ""


def test_the_number_of_sequences_read_is_about_right():
    class Counting(TwoMotifs):
        rows = 0

        def forward(self, X):
            Counting.rows += len(X)
            return super().forward(X)

    for question in (Question(tuple(PARTS)), Question(tile=10), Question((PARTS[0],)), Question(tuple(PARTS) * 3)):
        Counting.rows = 0
        knock_out(Counting((A, B), "and"), BOTH, 0, "softmax", question)
        assert 0.5 < Counting.rows / rows_asked(question, 60) < 2


def test_an_unknown_sequence_is_told():
    with pytest.raises(SeqVizError, match="unknown"):
        knock_out(conv_model(1), "N" * 30, 0, "softmax", Question(tile=5))


@pytest.mark.parametrize(("value", "text"), [(0.001, "0"), (-0.039, "−0.04"), (1.234, "1.23"), (9.996, "10.0"),
                                             (-21.44, "−21.4")])
def test_amounts(value, text):
    assert amount(value) == text

"""What the state knows: models whose states hold a target by construction or not at all, and what stands beside each score."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.checks.card import Findings, Subject
from seqviz_core.checks.linear_probes import Interval
from seqviz_core.checks.probe_letters import control_truth, last_letters, raw_letters
from seqviz_core.checks.probe_units import (
    CLASS,
    LABELS,
    Material,
    Part,
    chosen,
    internals,
    own_material,
    probeable,
    question,
    task_material,
)
from seqviz_core.checks.probes import Known, along, what_is_known
from seqviz_core.checks.probes_says import conclude, internal_name
from seqviz_core.checks.probes_work import from_json, make_known, probes_section, to_json
from seqviz_core.datasets import make_task
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, Probe, Span, make_model
from seqviz_core.models.internals import name_probes
from seqviz_core.sequences import SequenceRecord
from seqviz_core.training import RunSpec, TrainingConfig, find_run
from seqviz_core.training.config import GC, POSITION, SEEN
from seqviz_core.training.fit import TrainingData, examples, fit
from seqviz_core.training.worker import TRAIN, VALID, draw
from tests.toy_models import one_hot, random_sequences

TASK = make_task("one_motif", {"length": 40})
MATERIAL = task_material(TASK, 200, 1)


class Shares(nn.Module):
    """A state that is the share of each base so far, beside numbers that know nothing; the logit is the GC of the whole."""

    def __init__(self, noise: bool = False):
        super().__init__()
        self.noise = noise
        self.state = Probe("state", ("sequence", "unit", "position"), Span())
        name_probes(self)

    def forward(self, X):
        shares = X.cumsum(-1) / torch.arange(1, X.shape[-1] + 1)
        if self.noise:
            shares = torch.randn(shares.shape, generator=torch.Generator().manual_seed(len(X)))
        state = self.state(shares)
        return torch.stack([-state[:, 1:3, -1].sum(1), state[:, 1:3, -1].sum(1)], dim=1)


def known(model, target, material=MATERIAL, untrained=None):
    (found,) = what_is_known(model, untrained or Shares(noise=True), material, ["state"], [target])
    return found


def test_a_state_that_holds_the_gc_by_construction_knows_it_and_noise_does_not():
    found = known(Shares(), GC)
    assert found.value.value > 0.9999 and found.value.low > 0.999 and found.metric == "R2"
    assert abs(found.untrained.value) < 0.05 and found.gain > 0.95  # the "untrained" network here is the noise
    assert found.control.value < 0.1 and found.selectivity > 0.9 and found.n == 100
    for target, chance in ((GC, 0.0), (POSITION, 0.0), (SEEN, 0.5)):
        noise = known(Shares(noise=True), target)
        assert abs(noise.value.value - chance) < 0.06 and noise.chance == chance
        assert noise.value.low < chance + 0.01 and "cannot tell" in conclude(noise, "toy")


def test_letters_alone_know_the_gc_of_what_they_show_and_no_more():
    """A window of one base knows a little of the GC so far, a window of forty more; but not how many of them it has read."""
    one = known(Shares(), GC).raw.value

    class Whole(Shares):
        def __init__(self):
            super().__init__()
            self.state.span = Span(1, -39, 40)

    assert 0.05 < one < known(Whole(), GC).raw.value - 0.1 < 0.9


def test_the_control_task_is_one_answer_for_a_word_and_a_state_of_words_tells_it():
    internal = internals(Shares(), MATERIAL, ["state"])["state"]
    asked = question(SEEN, internal, MATERIAL)
    control = control_truth(asked, internal, MATERIAL, 3)
    words = [bytes(row) for row in last_letters(internal, MATERIAL, False, 3)[asked.rows]]
    assert len({(word, answer) for word, answer in zip(words, control.values)}) == len(set(words)) > 50
    assert set(control.values) == {0.0, 1.0} and (control.learn == asked.truth.learn).all()

    class Words(Shares):  # a number for each word of three bases: the probe can learn any answer by heart
        def forward(self, X):
            codes = torch.nn.functional.pad(X.argmax(1), (2, 0), value=0)
            words = codes[:, :-2] * 16 + codes[:, 1:-1] * 4 + codes[:, 2:]
            return self.state(torch.nn.functional.one_hot(words, 64).float().transpose(1, 2)).amax(-1)[:, :2]

    found = known(Words(), SEEN)
    assert found.control.value > 0.9 > found.value.value and found.selectivity < 0
    assert "tells random answers as well" in conclude(replace(found, value=Interval(0.9, 0.8, 0.95)), "toy")


def test_letters_by_hand():
    material = Material((Part(one_hot("ACGTN", "TTGCA"), None),), np.array([0, 1]), ("a", "b"))
    internal = internals(Shares(), material, ["state"], positions=2)["state"]  # the first base and the last
    assert internal.read.tolist() == [1, 5, 1, 5] and internal.group.tolist() == [0, 0, 1, 1]
    assert last_letters(internal, material, False, 3).tolist() == [[4, 4, 0], [2, 3, 4], [4, 4, 3], [2, 1, 0]]
    assert last_letters(internal, material, True, 3).tolist() == [[1, 2, 3], [3, 2, 1]]
    leftwards = replace(internal, name="x.right_to_left.h")
    assert last_letters(leftwards, material, False, 3).tolist() == [[4, 4, 4], [2, 1, 0], [4, 4, 0], [2, 3, 3]]
    assert raw_letters(internal, material, False).tolist()[0] == [1, 0, 0, 0]  # the window of a unit is its own base
    shares = raw_letters(internal, material, True)
    assert shares.shape == (2, 64) and shares[0].sum() == pytest.approx(2 / 3)  # ACG and CGT are words, GTN is none


def test_sequences_learned_from_are_never_asked():
    internal = internals(Shares(), MATERIAL, ["state"])["state"]
    for target in MATERIAL.targets:
        truth = question(target, internal, MATERIAL).truth
        assert not set(truth.group[truth.learn]) & set(truth.group[~truth.learn])
        assert len(set(truth.group[truth.learn])) == 100


def test_the_class_is_told_from_the_mean_over_positions():
    class Labels(Shares):
        def forward(self, X):  # the state knows the label somewhere, in every sequence somewhere else
            mark = X[:, :1] * 0
            mark[:, 0, 7] = torch.from_numpy(self.labels[:len(X)]).float()
            return self.state(torch.cat([mark, X], dim=1)).amax(-1)[:, :2]

    model = Labels()
    model.labels = MATERIAL.labels
    found = known(model, CLASS)
    assert found.pooled and found.value.value > 0.99 and found.chance == 0.5


def test_classes_of_bases_and_several_labels():
    """Of classes of bases the one at the middle of what a unit sees; of several labels the one asked for."""
    X = one_hot(*random_sequences(24, 12, 1))
    per_base = np.tile(np.arange(12) // 4, (24, 1))
    material = Material((Part(X, None),), per_base, ("a", "b", "c"))
    internal = internals(Shares(), material, ["state"], positions=12)["state"]
    asked = question(CLASS, internal, material)
    assert not asked.pooled and asked.truth.values[:12].tolist() == per_base[0].tolist() and asked.truth.classes == 3
    back = replace(internal, name="x.right_to_left.h", read=12 - internal.read + 1)
    assert question(CLASS, back, material).truth.values[:12].tolist() == per_base[0].tolist()
    several = Material((Part(X, None),), np.eye(24, 3, dtype=np.float32), ("a", "b", "c"), column=2)
    assert question(CLASS, internal, several).truth.values.nonzero()[0].tolist() == [2]


def test_ones_own_labels():
    rng = np.random.default_rng(1)
    rich = ["".join(rng.choice(list("ACGT"), p=[p / 2, (1 - p) / 2, (1 - p) / 2, p / 2], size=rng.integers(30, 33)))
            for p in np.tile([0.3, 0.7], 40)]
    records = [SequenceRecord(f"s{k} label={'low' if k % 2 else 'high'}", s) for k, s in enumerate(rich)]
    material = own_material(records)
    assert len(material) == 80 and material.targets == (LABELS,) and material.classes == ("high", "low")
    assert [part.X.shape[2] for part in material.parts] == [30, 31, 32]
    assert known(Shares(), LABELS, material).value.value > 0.8
    numbers = own_material([SequenceRecord(f"s{k} label={sum(map(s.count, 'CG'))}", s) for k, s in enumerate(rich)])
    assert numbers.classes == () and known(Shares(), LABELS, numbers).metric == "R2"
    for wrong, sentence in (([SequenceRecord("s", "ACGT")] * 30, "0 of the 30"),
                            ([SequenceRecord("s label=a", "ACGT")] * 30, "All labels are 'a'"),
                            ([SequenceRecord(f"s label=x{k}", "ACGT") for k in range(30)], "30 different labels")):
        with pytest.raises(SeqVizError, match=sentence):
            own_material(wrong)


def test_what_is_not_known_of_the_sequences_is_refused():
    real = task_material(make_task("uci_promoters", {}), 60, 1)
    assert SEEN not in real.targets and CLASS in real.targets
    with pytest.raises(SeqVizError, match="'motif seen so far' is not known"):
        known(Shares(), SEEN, real)


def test_position_by_position():
    found = along(Shares(), Shares(noise=True), MATERIAL, "state", GC, positions=8)
    assert found.read.tolist() == (chosen(40, 8) + 1).tolist() and np.allclose(found.value, 1, atol=1e-3)
    assert (found.untrained < 0.2).all() and found.raw[-1] < found.raw[0]  # the letter at hand is less and less of the whole
    assert along(Shares(), Shares(noise=True), MATERIAL, "state", CLASS) is None
    assert along(Shares(), Shares(noise=True), MATERIAL, "state", POSITION) is None


def test_an_auxiliary_loss_makes_the_state_know_what_it_asks_for():
    settings = {"units": 8, "stem_filters": 8, "stem_width": 5, "stem_pool": 4, "bidirectional": False}
    spec = RunSpec("one_motif", {"length": 40}, "lstm", settings,
                   TrainingConfig(epochs=4, n_train=1500, n_valid=100, learning_rate=0.01, seed=1))
    found = {}
    for target in ("none", GC):
        asked = replace(spec, training=replace(spec.training, auxiliary=target))
        model = asked.make_model(TASK)
        fit(model, TrainingData(*(examples(d.codes, d.labels) for d in (draw(asked, TASK, s) for s in (TRAIN, VALID)))),
            asked.training)
        (found[target],) = what_is_known(model, asked.make_model(TASK), MATERIAL, ["lstm.left_to_right.h"], [GC])
    assert found[GC].value.low > found["none"].value.high + 0.1 and found[GC].value.value > 0.7
    assert conclude(found[GC], "your LSTM").startswith("Your LSTM's hidden state h, left to right knows the GC so far")
    assert "so training added 0." in conclude(found[GC], "your LSTM")


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_architecture_can_be_probed(name):
    make = lambda seed: make_model(name, {}, n_outputs=len(TASK.classes), length=TASK.length, seed=seed).eval()
    material = task_material(TASK, 24, 2)
    found = what_is_known(make(0), make(1), material, probeable(make(0), gates=False)[-1:])
    assert [one.target for one in found] == [GC, SEEN, POSITION, CLASS]
    assert all(internal_name(one.probe, one.kind) for one in found)


def test_names_in_words():
    assert internal_name("lstm.left_to_right.c", "state") == "cell state c, left to right"
    assert internal_name("gru.right_to_left.z", "gate") == "update gate z, right to left"
    assert internal_name("layer2.embedding", "embedding") == "embedding layer2"
    assert internal_name("conv1", "feature_map") == "feature map conv1"


BASE = Known("lstm.left_to_right.c", "state", GC, "R2", 0.0, Interval(0.91, 0.88, 0.93), Interval(0.6, 0.5, 0.7),
             Interval(0.3, 0.2, 0.4), Interval(0.02, 0, 0.1), 100, False)


@pytest.mark.parametrize(("changes", "said"), [
    ({}, "knows the GC so far with R² 0.91 (0.88 to 0.93); the untrained network reaches 0.60, so training added 0.31."),
    ({"untrained": Interval(0.87, 0.8, 0.9)}, "reaches 0.87, so training added little."),
    ({"untrained": Interval(0.9, 0.8, 0.95)}, "so training added nothing that shows here."),
    ({"untrained": Interval(0.97, 0.95, 0.99)}, "so training has cost it some of this."),
    ({"raw": Interval(0.95, 0.9, 0.97)}, "so training added 0.31; the letters in its window alone give 0.95."),
    ({"control": Interval(0.9, 0.8, 1)}, "the same probe tells random answers as well (0.90)"),
    ({"value": Interval(0.01, -0.02, 0.04)}, "A linear probe cannot tell the GC so far from the LSTM's cell state c"),
    ({"value": Interval(*[float("nan")] * 3)}, "Nothing can be said"),
])
def test_the_sentence_follows_the_numbers(changes, said):
    assert said in conclude(replace(BASE, **changes), "LSTM")


def test_as_a_piece_of_work():
    told = []
    files = make_known({"run": "cnn", "n": 60, "seed": 1, "gates": False, "column": 0}, lambda *a: told.append(a))
    found = from_json(files["known.json"])
    assert [one.target for one in found] == [GC, SEEN, POSITION, CLASS] and found[0].probe == "conv" and len(told) == 2
    assert to_json(found) == files["known.json"] and isinstance(found[0].value, Interval)


def test_on_the_trust_card():
    run = find_run("cnn")
    found = probes_section(Subject(run, run.load_model(), run.spec.make_task()))
    assert isinstance(found, Findings) and found.n == 150 and found.mark == "holds"
    assert [n.name for n in found.numbers] == [f"{GC}, R²", f"{SEEN}, accuracy", f"{POSITION}, R²", f"{CLASS}, accuracy"]
    assert found.numbers[3].value > found.numbers[3].null + 0.3 and "knows the class" in found.conclusion

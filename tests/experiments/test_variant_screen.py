"""The control of variants, short and long, and the same by a worker."""

import numpy as np
import pytest

from seqviz_core.attribution import At
from seqviz_core.experiments import measured_screen
from seqviz_core.experiments.measured import agreement
from seqviz_core.experiments.measured_screen import predicted, simulated_table
from seqviz_core.experiments.variant_screen import asked_work, control, read_screen, rows_asked, screen
from seqviz_core.experiments.variants import single_substitutions, variant_effects
from seqviz_core.sequences.measured import read_measured
from seqviz_core.sequences.measured_places import located
from seqviz_core.sequences.variants import Variant
from seqviz_core.training import pretrained_store

RNG = np.random.default_rng(4)
LONG = "".join(RNG.choice(list("ACGT"), 700))
SHORT = LONG[:60]


@pytest.fixture(scope="module")
def run():
    return pretrained_store().get("cnn")


@pytest.fixture(scope="module")
def model(run):
    return run.load_model()


def test_of_a_short_sequence_the_control_is_every_substitution(model):
    sequence = SHORT[:20] + "N" + SHORT[21:]
    found = control(model, sequence, 3)
    changes = variant_effects(model, sequence, single_substitutions(sequence), 3).change
    assert (found.start, found.end, found.drawn, len(found.null)) == (0, 60, False, 177)
    assert np.sort(found.null) == pytest.approx(np.sort(changes), abs=1e-5)
    assert found.words == "the 177 single substitutions of this sequence"
    assert found.band == pytest.approx(np.quantile(np.abs(changes), 0.95), abs=1e-5)
    assert not found.values[:, 20].any()


@pytest.mark.parametrize(("around", "start"), [(0, 0), (350, 310), (699, 620)])
def test_of_a_long_sequence_it_is_a_sample_and_a_part(model, around, start):
    found = control(model, LONG, 3, around)
    assert (found.start, found.end, found.drawn, len(found.null)) == (start, start + 80, True, 200)
    assert found.words == "200 single substitutions drawn at random"
    some = single_substitutions(LONG, start + 5, start + 6)
    assert variant_effects(model, LONG, some, 3).change == pytest.approx(
        [found.values["ACGT".index(v.alt), 5] for v in some], abs=1e-6)
    assert rows_asked(700, 10) == 10 + 240 + 200 and rows_asked(100, 10) == 310


def test_a_worker_finds_the_same(run, model):
    variants = [single_substitutions(SHORT, 3)[0]._replace(name="mine"), Variant(9, "", "TT"), Variant(30, SHORT[30:33], "")]
    args, told = asked_work(SHORT, variants, {run.id: 3}, 0), []
    [(effects, there)] = read_screen(screen(args, lambda share, text: told.append(share)).__getitem__, args).values()
    here = variant_effects(model, SHORT, variants, 3)
    assert effects.variants == here.variants and effects.problems == here.problems and effects.target == 3
    assert effects.change == pytest.approx(here.change) and effects.reference_logits == pytest.approx(here.reference_logits)
    assert there.null == pytest.approx(control(model, SHORT, 3).null) and not there.drawn
    assert told == sorted(told) and all(0 <= share <= 1 for share in told)
    assert asked_work(SHORT, variants, {"x": At(1, 7)}, 0)["targets"] == {"x": [1, 7]}


def test_predictions_of_measured_variants_here_and_by_a_worker(run, model):
    variants = single_substitutions(LONG, 100, 180)
    whole, near = (predicted(model, LONG, variants, 3, window) for window in (None, 100))
    assert whole == pytest.approx(variant_effects(model, LONG, variants, 3).change)
    assert not np.allclose(whole, near)
    args = measured_screen.asked_work(LONG, variants, {run.id: (3, 100)})
    files = measured_screen.screen(args, lambda share, text: None)
    assert measured_screen.read_screen(files.__getitem__)[run.id] == pytest.approx(near)


def test_a_simulated_table_is_the_bayes_classifiers_own_reading(run):
    task, sequence = run.spec.make_task(), "TGAAGTAACCCTCGTATAACTTATTGCATGGTAAAGTAGACCTTCTTATCTCTCGACTAAAGTC"
    text = simulated_table(task, sequence, task.classes.index("GATA2"))
    [element] = read_measured(text).elements
    assert element.wild_type() == sequence and len(element.values) == 3 * len(sequence)
    place = located(element, sequence)
    site = [abs(v) for variant, v in zip(place.variants, place.values) if 42 <= variant.start < 50]
    assert np.mean(site) > 3 * np.mean(np.abs(place.values))
    changes = predicted(run.load_model(), sequence, place.variants, task.classes.index("GATA2"), None)
    assert agreement(place.variants, changes, place.values).above
    assert simulated_table(task, "ACG", 0) is None

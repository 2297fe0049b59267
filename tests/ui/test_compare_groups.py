from dataclasses import replace
from pathlib import Path

import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.training import Run, RunSpec, RunStatus, TrainingConfig, find_run
from seqviz_core.ui.compare_groups import Mapped, differ_in_seed_only, grouped, names_of, next_seeds, pairs_by_kind

SPEC = RunSpec("one_motif", {"length": 60}, "cnn", {"filters": 8}, TrainingConfig(seed=1)).complete()
OTHER_SEED = replace(SPEC, training=replace(SPEC.training, seed=2))
WIDER = replace(SPEC, model_settings={**SPEC.model_settings, "filters": 16})
ELSEWHERE = replace(SPEC, task="motif_pair", task_settings={}).complete()
LSTM = replace(SPEC, architecture="lstm", model_settings={}).complete()


def run(spec: RunSpec, run_id: str | None = None) -> Run:
    return Run(run_id or spec.run_id, Path(), spec, RunStatus("done", 0.0, finished=1.0))


def named(*specs: RunSpec) -> list[str]:
    return list(names_of([run(spec) for spec in specs]).values())


@pytest.mark.parametrize("specs, expected", [
    ((SPEC,), ["CNN"]), ((SPEC, LSTM), ["CNN", "LSTM"]), ((SPEC, OTHER_SEED, LSTM), ["CNN, seed 1", "CNN, seed 2", "LSTM"]),
    ((SPEC, WIDER), ["CNN, filters 8", "CNN, filters 16"]),
    ((SPEC, ELSEWHERE), ["CNN, One motif", f"CNN, {DATASETS['motif_pair'].label}"]),
    ((SPEC, OTHER_SEED, WIDER), ["CNN, seed 1, filters 8", "CNN, seed 2", "CNN, seed 1, filters 16"])])
def test_a_name_is_no_longer_than_it_takes_to_tell_runs_apart(specs, expected):
    assert named(*specs) == expected


def test_runs_that_differ_in_nothing_else_have_their_id():
    names = names_of([run(SPEC, "abcdef123"), run(SPEC, "fedcba123")])
    assert list(names.values()) == ["CNN, abcdef", "CNN, fedcba"]


def test_a_setting_of_megabytes_is_no_name():
    long = replace(SPEC, task_settings={**SPEC.task_settings, "sequences": "A" * 1000})
    assert all(len(name) < 40 for name in named(SPEC, long))


def test_seeds_of_one_training_are_known_also_where_a_run_is_older_than_a_setting():
    assert differ_in_seed_only(SPEC, OTHER_SEED) and not differ_in_seed_only(SPEC, SPEC)
    assert not differ_in_seed_only(SPEC, replace(WIDER, training=OTHER_SEED.training))
    older = replace(OTHER_SEED, model_settings={"filters": 8})
    assert differ_in_seed_only(SPEC, older)
    shipped = find_run("cnn").spec
    assert differ_in_seed_only(shipped, replace(shipped, training=replace(shipped.training, seed=5)).complete())


def test_the_next_seeds_are_the_smallest_that_nobody_has():
    assert [s.training.seed for s in next_seeds(SPEC, [2, 4])] == [3, 5]
    assert all(differ_in_seed_only(SPEC, s) for s in next_seeds(SPEC, []))


def test_groups_keep_the_order_and_need_no_hash():
    assert grouped([3, 1, 4, 5, 2], lambda n: [n % 2]) == [[3, 1, 5], [4, 2]]


def test_every_pair_of_maps_is_of_one_kind():
    a, b, c = run(SPEC), run(OTHER_SEED), run(LSTM)
    maps = [Mapped(a, "ism"), Mapped(b, "ism"), Mapped(c, "ism"), Mapped(a, "saliency"), Mapped(b, "saliency")]
    assert pairs_by_kind(maps) == {"methods": [(0, 3), (1, 4)], "seeds": [(0, 1), (3, 4)], "models": [(0, 2), (1, 2)],
                                   "both": [(1, 3), (2, 3), (0, 4), (2, 4)]}
    assert pairs_by_kind(maps[:1]) == {}

"""The table of published figures: its arithmetic by hand, its page from what was kept, its experiments from the list."""

import json

import pytest

from benchmarks import reproduce
from benchmarks.published import EXPERIMENTS, Budget, Row

ASKED = ("A1", "A3", "A4", "A7", "A8", "A9", "A10", "A11", "A14", "A15", "A18", "A24", "A26", "A28")


def test_mean_spread_and_aim_by_hand():
    row = Row("x", "0.9", (0.8, 0.9, 1.0), at_least=0.9, at_most=0.95)
    assert (row.mean, row.spread, row.reached) == (pytest.approx(0.9), pytest.approx(0.1), True)
    assert Row("x", "", (0.8, 0.9), at_least=0.9).reached is False and Row("x", "", (0.8,), at_most=0.7).reached is False
    assert Row("x", "", (0.8,)).reached is None and Row("x", "", (0.8,)).spread == 0


def test_every_experiment_of_the_list_is_there_and_says_what_it_is():
    assert EXPERIMENTS.names() == ASKED
    assert all(entry.title and entry.source and entry.recipe for entry in EXPERIMENTS)


def test_a_section_says_what_was_published_what_was_reached_and_what_differs():
    rows = [Row("AUROC", "0.95", (0.9, 0.92), 0.99, at_least=0.95)._asdict()]
    text = reproduce.section({"name": "A9", "rows": rows, "minutes": 2.5, "device": "CPU", "scale": 1})
    assert "| AUROC | 0.95 | 0.910 ± 0.014 (2) | 0.990 | at least 0.950 | no |" in text
    assert EXPERIMENTS["A9"].changes in text and "2.5 minutes on CPU" in text


def test_the_page_is_written_from_the_kept_results():
    kept = reproduce.saved()
    assert reproduce.PAGE.read_text() == reproduce.page(kept), "run `python -m benchmarks.reproduce --page`"
    for result in kept:
        assert result["scale"] == 1 and all(len(row["ours"]) >= 3 for row in result["rows"]), result["name"]


def test_an_experiment_runs_and_keeps_nothing_below_full_size(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reproduce, "RESULTS", tmp_path)
    reproduce.main(["A11", "--scale", "0.3", "--seeds", "1"])
    assert "plain RNN, factor per step" in capsys.readouterr().out and not list(tmp_path.iterdir())
    monkeypatch.setattr(reproduce, "run", lambda entry, budget: {"name": entry.name, "rows": [Row("x", "", (1.0,))._asdict()],
                                                                 "minutes": 0, "device": "", "scale": budget.scale})
    reproduce.main(["A11"])
    assert json.loads((tmp_path / "A11.json").read_text())["rows"][0]["what"] == "x"


def test_a_missing_data_folder_is_said(tmp_path):
    with pytest.raises(SystemExit, match="--data"):
        EXPERIMENTS["A24"].run(Budget((0,), 0.01, tmp_path, print))

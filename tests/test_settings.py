"""Settings say what they are, and a refused value is told in a sentence that says what is accepted."""

from dataclasses import dataclass

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.settings import check_settings, config_from, setting, settings_of, whole_number


@dataclass(frozen=True)
class Oven:
    heat: int = setting(180, "Heat", help="Degrees", low=0, high=300)
    hours: float = setting(0.5, "Hours", low=0.1)
    loss: float = setting(1.0, "Loss", high=2.0)
    mode: str = setting("fan", "Mode", choices=("fan", "grill"))
    light: bool = setting(True, "Light")
    label: str = "mine"


def test_settings_of_a_type_and_of_an_instance_are_described_alike():
    described = settings_of(Oven)
    assert [(s.name, s.type, s.default) for s in described] == [
        ("heat", int, 180), ("hours", float, 0.5), ("loss", float, 1.0), ("mode", str, "fan"), ("light", bool, True),
        ("label", str, "mine")]
    assert (described[0].label, described[0].help, described[0].low, described[0].high) == ("Heat", "Degrees", 0, 300)
    assert described[3].choices == ("fan", "grill") and described[5].label == "label"
    assert settings_of(Oven(heat=20)) == described


def test_a_setting_needs_a_default():
    @dataclass(frozen=True)
    class Bare:
        heat: int

    with pytest.raises(TypeError, match="'heat' needs a default"):
        settings_of(Bare)


@pytest.mark.parametrize("values", [{}, {"heat": 0}, {"heat": 300}, {"hours": 7}, {"loss": -5.0}, {"light": False}])
def test_what_fits_is_taken_as_it_is(values):
    assert config_from(Oven, values) == check_settings(Oven(**values)) == Oven(**values)


@pytest.mark.parametrize("values, sentence", [
    ({"heat": 301}, "Heat: 301 is outside 0 to 300."), ({"heat": -1}, "Heat: -1 is outside 0 to 300."),
    ({"heat": 20.5}, "Heat: 20.5 is not a whole number."), ({"heat": True}, "Heat: True is not a whole number."),
    ({"heat": None}, "Heat: None is not a whole number."), ({"hours": "1"}, "Hours: '1' is not a number."),
    ({"hours": 0}, "Hours: 0 is not 0.1 or more."), ({"hours": float("nan")}, "Hours: nan is not 0.1 or more."),
    ({"loss": 3}, "Loss: 3 is not 2.0 or less."), ({"mode": "gas"}, "Mode: 'gas' is not one of fan, grill."),
    ({"mode": 3}, "Mode: 3 is not text."), ({"light": 1}, "Light: 1 is not true or false."),
    ({"hat": 3}, "Oven has no setting 'hat'; it has heat, hours, loss, mode, light, label."),
    ({"label": 1}, "label: 1 is not text.")])
def test_what_does_not_fit_is_told(values, sentence):
    with pytest.raises(SeqVizError) as told:
        config_from(Oven, values)
    assert str(told.value) == sentence


def test_a_number_from_the_environment(monkeypatch):
    monkeypatch.delenv("OVENS", raising=False)
    assert whole_number("OVENS", 3) == 3
    for text, number in (("", 3), ("1", 1), ("40", 40)):
        monkeypatch.setenv("OVENS", text)
        assert whole_number("OVENS", 3) == number
    for wrong in ("0", "-2", "2.5", "many", "²"):
        monkeypatch.setenv("OVENS", wrong)
        with pytest.raises(SeqVizError) as told:
            whole_number("OVENS", 3)
        assert str(told.value) == f"OVENS is {wrong!r}; it has to be a whole number, 1 or more."

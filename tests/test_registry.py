"""Registered things come in their order, once, and a wrong name is answered with the right one."""

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.registry import Registry


@pytest.fixture
def fruit():
    made = Registry("fruit")
    for name, order in (("plum", 2), ("apple", 2), ("quince", 1), ("fig", 100)):
        made.register(name, name.upper(), origin="garden", order=order)
    return made


def test_order_first_then_name(fruit):
    assert fruit.names() == ("quince", "apple", "plum", "fig")
    assert list(fruit) == ["QUINCE", "APPLE", "PLUM", "FIG"] and len(fruit) == 4
    assert fruit["fig"] == "FIG" and "fig" in fruit and "figs" not in fruit


def test_a_wrong_name_is_answered_with_what_there_is(fruit):
    with pytest.raises(SeqVizError) as told:
        fruit["aple"]
    assert str(told.value) == "There is no fruit 'aple'; there are quince, apple, plum, fig. Did you mean 'apple'?"
    with pytest.raises(SeqVizError, match="fig.$"):
        fruit["zzz"]
    with pytest.raises(SeqVizError, match="no fruit None"):
        fruit[None]


def test_a_module_may_be_reloaded_but_no_other_may_take_its_name(fruit):
    fruit.register("fig", "better", origin="garden")
    assert fruit["fig"] == "better" and len(fruit) == 4
    with pytest.raises(ValueError, match="'fig' is already registered by garden, not by market"):
        fruit.register("fig", "worse", origin="market")
    assert fruit["fig"] == "better"

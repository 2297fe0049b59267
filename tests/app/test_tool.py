"""The frame of the tools: settings live in the view and the address, whatever the tool."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app_pages import texts

PAGE = Path(__file__).with_name("tool_page.py")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=60)


def query(at: AppTest) -> dict[str, str]:
    return {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}


def shown(at: AppTest) -> str:
    return "\n".join(e.value for e in at.text)


def test_the_first_tool_is_open_with_its_defaults(page):
    at = page.run()
    assert not at.exception
    assert "Does the first tool work?" in "\n".join(s.value for s in at.subheader)
    assert "Settings(motif='', text='', n=100, share=0.5, both=False, what='one')" in shown(at)
    assert "tool" not in at.query_params and "asked" not in at.query_params


def test_a_widget_changes_the_settings_and_the_address(page):
    at = page.run()
    at.number_input(key="first.n").set_value(33).run()
    assert "n=33" in shown(at)
    assert query(at)["asked"] == "n=33" and query(at)["tool"] == "first"
    at.toggle(key="first.both").set_value(True).run()
    at.number_input(key="first.n").set_value(100).run()
    assert query(at)["asked"] == "both=on"


def test_a_link_brings_the_settings_back(page):
    page.query_params.update({"v": "1", "tool": "first", "asked": "n=50&motif=GATA1+x&what=two"})
    at = page.run()
    assert "motif='GATA1 x', text='', n=50, share=0.5, both=False, what='two'" in shown(at)


@pytest.mark.parametrize(("asked", "sentence"), [
    ("n=5", "outside 10 to 2000"), ("n=many", "is not a number"), ("what=three", "is not one of one, two"),
    ("text=saved:nothing", "not kept on this server"),
])
def test_a_wrong_link_is_told_in_a_sentence_and_the_widgets_stay(page, asked, sentence):
    page.query_params.update({"v": "1", "tool": "first", "asked": asked})
    at = page.run()
    assert not at.exception
    assert sentence in texts(at)
    assert at.number_input(key="first.n") is not None


def test_an_example_sets_its_settings(page):
    at = page.run()
    at.button(key="example_first_Of two").click().run()
    assert "n=20" in shown(at) and "what='two'" in shown(at)


def test_a_long_text_is_kept_on_the_server_and_comes_back(page):
    long = "chr1\t100\n" * 500
    at = page.run()
    at.text_area(key="first.text").set_value(long).run()
    assert len(query(at)["asked"]) < 80
    again = AppTest.from_file(str(PAGE), default_timeout=60)
    again.query_params.update(query(at))
    assert again.run().text_area(key="first.text").value.strip() == long.strip()


def test_a_text_too_long_to_edit_is_counted_and_can_be_put_away(page):
    at = page.run()
    at.text_area(key="first.text").set_value("ACGT\n" * 5000).run()
    assert not at.exception and "25,000 characters, too many to edit here." in texts(at)
    assert "first.text" not in {area.key for area in at.text_area}
    at.button(key="away_first_text").click().run()
    assert at.text_area(key="first.text").value == "" and "asked" not in at.query_params


def test_a_text_too_large_to_be_kept_is_told(page, monkeypatch):
    monkeypatch.setattr("seqviz_core.saved.LARGEST", 10_000)
    at = page.run()
    at.text_area(key="first.text").set_value("ACGT\n" * 3000).run()
    assert not at.exception and "too many to be kept" in texts(at)


def test_each_tool_is_left_with_its_settings(page):
    at = page.run()
    at.number_input(key="first.n").set_value(44).run()
    at.button_group(key="tool").set_value("second").run()
    assert "second sees" in shown(at) and query(at)["tool"] == "second"
    assert "asked" not in at.query_params
    at.button_group(key="tool").set_value("first").run()
    assert "n=44" in shown(at)

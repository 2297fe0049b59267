"""The Trust page's Randomise tool."""

from tests.app_pages import texts


def test_it_shows(open_page):
    at = open_page("trust", link={"v": "1"} | {"tool": "randomise"})
    assert not at.exception
    shown = texts(at)
    print(shown)
    assert "depend on the model" in shown

"""The Trust page's Faithful tool."""

from tests.app_pages import texts


def test_it_shows_curves_scores_and_a_conclusion_at_once(open_page):
    at = open_page("trust", link={"v": "1"} | {"tool": "faithful"})
    assert not at.exception
    shown = texts(at)
    assert "Is the map faithful?" in "\n".join(s.value for s in at.subheader)
    print(shown)
    assert "name bases that matter" in shown and "20 random orders" in shown

"""The memory tool of the Trust page."""

import pytest
from app_pages import texts, view_with


def address(**asked) -> dict[str, str]:
    return {"v": "1", "tool": "memory"} | ({"asked": "&".join(f"{k}={v}" for k, v in asked.items())} if asked else {})


def test_it_shows(open_page):
    at = open_page("trust", link=address())
    assert not at.exception and not at.error
    print(texts(at))

"""Figures are built without plotly's validation (it takes five times as long as building them); the tests make up for it."""

import json
from collections.abc import Callable

import plotly.graph_objects as go
import pytest


def _accepted(figure: go.Figure) -> bool:
    """Return whether plotly's validation lets every property through unchanged; it raises for one it does not know."""
    def spec(fig: go.Figure) -> dict:
        content = json.loads(fig.to_json())
        content["layout"] = {k: v for k, v in content["layout"].items() if k != "template" and v != []}
        return content
    return spec(go.Figure(figure.to_dict())) == spec(figure)


@pytest.fixture
def accepted_by_plotly() -> Callable[[go.Figure], bool]:
    return _accepted

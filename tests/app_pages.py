"""What the tests of pages share: a run that takes a second, what a visitor reads, and a view put on the screen."""

import json
from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from seqviz_core.training import RunSpec, TrainingConfig, default_store, train_here

QUICK = TrainingConfig(epochs=1, n_train=128, n_valid=64)


def texts(at: AppTest) -> str:
    """Everything a visitor reads on the page."""
    kinds = ("title", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind))


def scene(at: AppTest) -> dict[str, Any]:
    """What the viewer of Explore was given."""
    found = [json.loads(c.proto.json) for c in at.get("bidi_component") if '"tracks"' in c.proto.json]
    assert len(found) == 1
    return found[0].get("scene", found[0])


def titles(at: AppTest) -> str:
    """What the viewer's tracks ask, with their badges."""
    return "\n".join(f"{t['id']} {t['title']} {t.get('badge', '')}" for t in scene(at)["tracks"])


def quick_run(architecture: str, settings: dict | None = None) -> str:
    """Train for a second; return the run's id."""
    return train_here(RunSpec("one_motif", {"length": 60}, architecture, settings or {}, QUICK), default_store()).id


def view_with(at: AppTest, **fields: Any) -> AppTest:
    """Change the view as a callback of the picture would, before the next run."""
    at.session_state.view = replace(at.session_state.view, **fields)
    at.session_state.view_changed = True
    return at

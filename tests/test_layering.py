"""The two rules that hold the house up: imports point down, and Streamlit stays outside the library."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = (  # from the ground up; a part may import every part below its layer
    {"errors", "registry", "settings"},
    {"metrics", "sequences", "genome"},
    {"motifs"},
    {"models", "datasets"},
    {"attribution"},
    {"motif_discovery", "training"},
    {"experiments", "checks", "examples"},
    {"state", "export", "saved"},
    {"ui"},
)
BESIDE = {("checks", "experiments"), ("registry", "errors"), ("settings", "errors"), ("genome", "sequences"), ("export", "state")}
FIGURES_MAY = {"errors"}  # of SeqViz
FIGURES_NEED = {"numpy", "plotly"}  # of others
FIGURES_USERS = {"ui", "export"}
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
FILES = sorted([ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "seqviz_core").rglob("*.py")])


def imports(source: str, module: str, is_package: bool) -> Iterator[str]:
    """Yield the dotted name of everything that `source` imports, wherever in it; relative names are made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[:-node.level or None] if not is_package else module.split(".")[:1 - node.level or None]
            start = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def violations(source: str, path: str) -> list[str]:
    """Return a line for every import of `source` that a file at `path` (from the repository's root) may not have."""
    parts = path.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    found = []
    for name in imports(source, module, is_package):
        words = name.split(".")
        if parts[0] != "seqviz_core":
            wrong = None  # the app and its pages may import everything
        elif words[0] == "seqviz_core":
            wrong = _wrong_way(_part(parts), _part(words) if len(words) > 1 else "")
        else:
            wrong = _wrong_library(_part(parts), words[0])
        if wrong:
            found.append(f"{path} imports {name}: {wrong}")
    return found


def _part(words: list[str]) -> str:
    return words[1]


def _wrong_way(importer: str, imported: str) -> str | None:
    if importer == imported or imported in ("", "__version__"):
        return None
    if importer == "figures":
        return None if imported in FIGURES_MAY else "figures stand aside"
    if imported == "figures":
        return None if importer in FIGURES_USERS else f"only {' and '.join(sorted(FIGURES_USERS))} draw"
    if importer == "__init__":
        return "`import seqviz_core` stays light"
    if importer not in RANK or imported not in RANK:
        return "this part has no layer: give it one in tests/test_layering.py and in the design"
    below = RANK[imported] < RANK[importer] or (importer, imported) in BESIDE
    return None if below else "imports point down"


def _wrong_library(importer: str, library: str) -> str | None:
    if library == "streamlit" and importer != "ui":
        return "Streamlit is for app.py, pages/ and seqviz_core/ui/"
    if importer == "figures" and library not in FIGURES_NEED and library not in sys.stdlib_module_names:
        return "figures take arrays and need numpy and plotly only"
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    assert violations(path.read_text(), path.relative_to(ROOT).as_posix()) == []


@pytest.mark.parametrize("path, line", [
    ("seqviz_core/sequences.py", "from .motifs import jaspar"),
    ("seqviz_core/sequences/parse.py", "from ..motifs import jaspar"),
    ("seqviz_core/motifs/__init__.py", "from ..models import layers"),
    ("seqviz_core/attribution/ism.py", "import seqviz_core.training.fit"),
    ("seqviz_core/attribution/ism.py", "from seqviz_core import training"),
    ("seqviz_core/models/cnn.py", "from ..datasets import task"),
    ("seqviz_core/training/fit.py", "def f():\n    from ..ui import services"),
    ("seqviz_core/training/fit.py", "from ..figures import logo"),
    ("seqviz_core/training/jobs.py", "import streamlit as st"),
    ("seqviz_core/training/jobs.py", "from streamlit.runtime import exists"),
    ("seqviz_core/figures/logo.py", "import torch"),
    ("seqviz_core/figures/logo.py", "from ..motifs import Motif"),
    ("seqviz_core/__init__.py", "from .models import cnn"),
    ("seqviz_core/newcomer.py", "from .models import cnn"),
])
def test_a_wrong_import_is_seen(path: str, line: str) -> None:
    assert len(violations(line, path)) == 1


@pytest.mark.parametrize("path, line", [
    ("seqviz_core/training/fit.py", "from ..models import cnn"),
    ("seqviz_core/training/fit.py", "from .runs import RunStore"),
    ("seqviz_core/training/__init__.py", "from .runs import RunStore"),
    ("seqviz_core/models/__init__.py", "from . import cnn"),
    ("seqviz_core/figures/logo.py", "import math\nimport numpy as np\nfrom plotly import graph_objects as go"),
    ("seqviz_core/export/report.py", "from .. import __version__\nfrom ..figures import logo\nfrom ..state import ViewState"),
    ("seqviz_core/ui/forms.py", "import streamlit as st\nfrom ..figures import logo"),
    ("pages/train.py", "import streamlit as st\nfrom seqviz_core.figures import logo"),
])
def test_a_right_import_is_let_through(path: str, line: str) -> None:
    assert violations(line, path) == []


def test_pages_are_thin() -> None:
    sizes = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "pages").glob("*.py")}
    assert sizes and max(sizes.values()) <= 60, sizes


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh Python has loaded after `statement`."""
    code = f"{statement}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


HEAVY = {"torch", "streamlit", "pandas", "plotly", "captum", "distributed", "matplotlib", "Bio", "sklearn", "scipy"}


@pytest.mark.parametrize("statement, may_load", [
    ("import seqviz_core", set()),
    ("import seqviz_core.sequences", set()),
    ("from seqviz_core.motifs import jaspar; jaspar()", set()),
    ("import seqviz_core.ui.services", set()),
    ("import pkgutil, importlib, seqviz_core.figures as f\n"
     "for m in pkgutil.walk_packages(f.__path__, 'seqviz_core.figures.'): importlib.import_module(m.name)", {"plotly"}),
])
def test_light_parts_stay_light(statement: str, may_load: set[str]) -> None:
    assert loaded_by(statement) & HEAVY <= may_load


def test_the_router_loads_nothing_heavy_of_its_own() -> None:
    router = (ROOT / "seqviz_core" / "ui" / "router.py").read_text()
    assert set(imports(router, "seqviz_core.ui.router", False)) <= {"sys", "pathlib.Path", "streamlit"}


def test_the_library_needs_no_streamlit() -> None:
    everything = """
import sys; sys.modules["streamlit"] = None  # importing it now raises
import importlib, pkgutil, seqviz_core
for module in pkgutil.walk_packages(seqviz_core.__path__, "seqviz_core."):
    if not module.name.startswith("seqviz_core.ui"): importlib.import_module(module.name)
"""
    assert {"seqviz_core", "torch"} <= loaded_by(everything)

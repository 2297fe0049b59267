"""The README says what is there, and says it truly; requirements.txt lists what is used."""

import ast
import re
import sys
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts.readme_tables import filled, tables
from seqviz_core.attribution import METHODS
from seqviz_core.datasets import DATASETS
from seqviz_core.models import ARCHITECTURES
from seqviz_core.motifs import jaspar_release
from seqviz_core.sequences import Limits
from seqviz_core.ui.experiments import EXPERIMENTS
from seqviz_core.ui.tool import Tool
from seqviz_core.ui.trust import TRUST

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
CODE = [ROOT / "app.py", *(path for folder in ("pages", "seqviz_core", "scripts") for path in (ROOT / folder).rglob("*.py"))]
FOR_LATER: set[str] = set()  # requirements of the product that this version does not import yet
UNIMPORTED = {"orjson", "biopython"}  # used by plotly; and what the tests compare sequences and motif files with


@pytest.mark.parametrize("entry", [*ARCHITECTURES, *DATASETS, *METHODS, *EXPERIMENTS, *TRUST], ids=lambda entry: entry.name)
def test_everything_registered_has_a_row(entry) -> None:
    row = next((line for line in README.splitlines() if line.startswith(f"| **{entry.label}** `{entry.name}`")), "")
    assert (entry.shows if isinstance(entry, Tool) else entry.summary) in row.removeprefix("|") and row, "run `make readme`"


def test_the_tables_are_up_to_date() -> None:
    assert filled(README) == README, "run `make readme`"


def test_a_missing_place_is_said() -> None:
    with pytest.raises(ValueError, match="0 places"):
        filled(README.replace("<!-- tasks -->", ""))
    assert set(tables()) == {"architectures", "tasks", "methods", "experiments", "checks"}


def test_every_environment_variable_is_explained() -> None:
    named = set(re.findall(r"\bSEQVIZ_[A-Z]+(?:_[A-Z]+)*\b", "".join(path.read_text() for path in CODE)))
    named |= {f"SEQVIZ_MAX_{field.name.upper()}" for field in fields(Limits)}
    assert {"SEQVIZ_RUNS", "SEQVIZ_SCHEDULER", "SEQVIZ_CHROMIUM"} <= named
    assert {name for name in named if f"| `{name}` |" not in README} == set()


def test_the_limits_are_as_the_readme_says() -> None:
    for field in fields(Limits):
        assert re.search(rf"`SEQVIZ_MAX_{field.name.upper()}` \|.*\| {field.default} \|", README), field.name


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.M)[1].split()
    assert {"app", "test"} <= set(targets)
    assert [target for target in targets if f"| `make {target}` |" not in README] == []
    assert sorted(re.findall(r"^(\w+):", makefile, flags=re.M)) == sorted(targets)


def test_every_link_and_picture_is_there() -> None:
    named = re.findall(r"\]\(([^)#:]+)\)", README)
    assert named and [path for path in named if not (ROOT / path).is_file()] == []


def test_the_motif_library_is_credited() -> None:
    release = jaspar_release()
    text = " ".join(README.split())
    assert release.citation.split(" doi:")[0].rstrip(".,") in text
    assert release.licence in text and f"{release.n_motifs:,} motifs" in text


def test_the_changelog_knows_this_version() -> None:
    from seqviz_core import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def required(file: str) -> set[str]:
    """Return the distributions that a requirements file pins, lower case."""
    return {match[1].lower() for match in re.finditer(r"^([A-Za-z][\w-]*)==\S+", (ROOT / file).read_text(), flags=re.M)}


def imported(paths: list[Path]) -> set[str]:
    """Return the distributions, lower case, of every third-party module imported anywhere in `paths`."""
    names: set[str] = set()
    for node in (node for path in paths for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    outside, distributions = names - sys.stdlib_module_names - {"seqviz_core", "scripts"}, packages_distributions()
    return {distributions[name][0].lower() for name in outside}


def test_the_app_needs_what_requirements_txt_lists() -> None:
    app = [path for path in CODE if path.parent.name != "scripts"]
    assert imported(app) <= required("requirements.txt")
    assert required("requirements.txt") - imported(app) == FOR_LATER | UNIMPORTED
    assert imported(CODE) <= required("requirements.txt") | required("requirements-dev.txt")

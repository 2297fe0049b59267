"""A small genome for every test of this folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from seqviz_core.genome import Genome
from tests.small_genomes import make_genome


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Genome]:
    """Return a function that opens the genome of contigs: build({"chr1": "ACGT..."}, packed=True)."""
    return partial(make_genome, tmp_path)

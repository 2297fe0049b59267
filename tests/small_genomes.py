"""Small genomes, plain and packed, for the tests of everything that reads them."""

from pathlib import Path

import numpy as np
from Bio import bgzf

from seqviz_core.genome import Genome


def fasta(contigs: dict[str, str], width: int = 60, end: str = "\n") -> bytes:
    """Return FASTA of contigs, `width` bases a line."""
    lines = []
    for name, sequence in contigs.items():
        lines += [f">{name}", *(sequence[i:i + width] for i in range(0, len(sequence), width))]
    return "".join(line + end for line in lines).encode()


def pack(path: Path, data: bytes) -> Path:
    """Write data as BGZF, in full blocks of 65,536 bytes."""
    with bgzf.BgzfWriter(str(path)) as file:
        file.write(data)
    return path


def letters(n: int, seed: int, alphabet: str = "ACGT") -> str:
    """Return n random letters."""
    return "".join(np.random.default_rng(seed).choice(list(alphabet), n))


def make_genome(folder: Path, contigs: dict[str, str], packed: bool = False, name: str = "genome") -> Genome:
    """Write the FASTA of contigs into a folder and open it."""
    path = folder / (f"{name}.fa.gz" if packed else f"{name}.fa")
    if packed:
        pack(path, fasta(contigs))
    else:
        path.write_bytes(fasta(contigs))
    return Genome(path, folder / "indexes")

"""The index of a large genome, made by a worker."""

from ..training.work import Args, Files, Tell
from .genomes import open_genome


def make_index(args: Args, tell: Tell) -> Files:
    """Return contigs.tsv of the genome of a key, once its index is made."""
    tell(0.0, "Making the index")
    genome = open_genome(args["genome"])
    return {"contigs.tsv": "".join(f"{name}\t{length}\n" for name, length in genome.contigs.items())}

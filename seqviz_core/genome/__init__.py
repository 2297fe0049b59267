"""Genomes: any stretch of an indexed FASTA, regions and BED, variants from VCF and back.

    genome = Genome(Path("genome.fa.gz"), indexes=Path("indexes"))
    read_regions("chr7:5,530,601-5,530,800", genome).records(genome)
    vcf = read_vcf(Path("list.vcf.gz").read_bytes(), genome)
"""

from .fasta import SUFFIXES, Genome

__all__ = ["SUFFIXES", "Genome"]

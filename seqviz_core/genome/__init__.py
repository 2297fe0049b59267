"""Genomes: any stretch of an indexed FASTA, regions and BED, variants from VCF and back.

    genome = Genome(Path("genome.fa.gz"), indexes=Path("indexes"))
    read_regions("chr7:5,530,601-5,530,800", genome).records(genome)
    vcf = read_vcf(Path("list.vcf.gz").read_bytes(), genome)
"""

from .fasta import SUFFIXES, Genome
from .regions import Region, Regions, parse_region, read_regions
from .vcf import GenomeVariant, Problem, Vcf, VcfLine, read_vcf
from .vcf_writer import InfoField, info_key, write_vcf

__all__ = ["SUFFIXES", "Genome", "GenomeVariant", "InfoField", "Problem", "Region", "Regions", "Vcf", "VcfLine", "info_key",
           "parse_region", "read_regions", "read_vcf", "write_vcf"]

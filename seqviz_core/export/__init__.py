"""What a visitor takes home: tables as CSV, sequences as FASTA, planted sites as BED.

    to_csv({"position": [1, 2], "logit": [0.3, -1.2]})
    to_fasta(identified(records)); to_bed(identified(records))
"""

from .sequences import (
    dataset_records,
    dataset_table,
    drawn_records,
    identified,
    moved_sites,
    reverse_complement_record,
    sites_from_header,
    sites_to_header,
    to_bed,
    to_fasta,
    view_records,
)
from .tables import to_csv

__all__ = ["dataset_records", "dataset_table", "drawn_records", "identified", "moved_sites",
           "reverse_complement_record", "sites_from_header", "sites_to_header", "to_bed", "to_csv", "to_fasta", "view_records"]

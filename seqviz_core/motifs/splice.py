"""The two ends of an intron, counted in real genes: donor (exon|GT...) and acceptor (...AG|exon).

Counts over the unique sequences without unknown bases of Noordewier MO, Towell GG, Shavlik JW: Molecular Biology
(Splice-junction Gene Sequences), UCI Machine Learning Repository, 1991 (primate genes of GenBank 64.1), CC BY 4.0,
https://archive.ics.uci.edu/dataset/69. The windows are those of Yeo & Burge (J Comput Biol 2004, 11:377): 3 exon and 6
intron bases, 20 intron and 3 exon bases.
"""

from .motif import Motif

DONOR = Motif("UCI69.donor", "donor", [  # 674 sites
    [213, 388, 57, 0, 2, 330, 485, 35, 106],
    [263, 95, 21, 1, 4, 15, 60, 30, 114],
    [115, 105, 550, 673, 1, 315, 85, 574, 147],
    [83, 86, 46, 0, 667, 14, 44, 35, 307],
])
ACCEPTOR = Motif("UCI69.acceptor", "acceptor", [  # 670 sites
    [123, 112, 98, 102, 88, 73, 72, 58, 44, 44, 55, 62, 39, 59, 35, 51, 165, 17, 667, 1, 184, 155, 155],
    [195, 209, 250, 249, 262, 257, 226, 233, 258, 245, 238, 232, 278, 301, 307, 264, 206, 524, 1, 1, 97, 144, 177],
    [130, 128, 108, 100, 101, 89, 88, 81, 75, 79, 68, 73, 82, 48, 39, 46, 161, 4, 1, 668, 322, 152, 156],
    [222, 221, 214, 219, 219, 251, 284, 298, 293, 302, 309, 303, 271, 262, 289, 309, 138, 125, 1, 0, 67, 219, 182],
])
DONOR_EXON = 3  # columns of DONOR before the intron
ACCEPTOR_EXON = 3  # columns of ACCEPTOR after the intron
SPLICE_MOTIFS = {motif.id: motif for motif in (DONOR, ACCEPTOR)}

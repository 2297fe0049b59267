"""Motif files: read and written in both formats, with Biopython as the other reader, and the sentence for each mistake."""

import gzip
import io
import random
import time

import numpy as np
import pytest
from Bio import motifs as bio_motifs

from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif, jaspar, read_motifs, write_jaspar, write_meme

SOME = list(jaspar().values())[::29]
MEME = """MEME version 4

ALPHABET= ACGT

strands: + -

Background letter frequencies (from uniform background):
A 0.25000 C 0.25000 G 0.25000 T 0.25000

MOTIF MA0002.2 RUNX1

letter-probability matrix: alength= 4 w= 3 nsites= 2000 E= 0
  0.143500\t  0.248000\t  0.348000\t  0.260500\t
  0.117000\t  0.242500\t  0.233500\t  0.407000\t
  0.000000\t  0.000000\t  0.003500\t  0.996500\t

URL http://jaspar.genereg.net?ID=MA0002.2

MOTIF second
letter-probability matrix:
 1 0 0 0
 0 .5 .5 0
"""
JASPAR = """>MA0004.1\tArnt
A  [     4     19      0 ]
C  [    16      0     20 ]
G  [     0      1      0 ]
T  [     0      0      0.5 ]

>x a name
1 2
3 4
5 6
7 8
"""
JASPAR_COUNTS = [[4, 19, 0], [16, 0, 20], [0, 1, 0], [0, 0, 0.5]]


def mistake(text):
    with pytest.raises(SeqVizError) as caught:
        read_motifs(text)
    return str(caught.value)


def test_meme_by_hand():
    first, second = read_motifs(MEME)
    assert (first.id, first.name) == ("MA0002.2", "RUNX1")
    np.testing.assert_allclose(first.counts, [[287, 234, 0], [496, 485, 0], [696, 467, 7], [521, 814, 1993]])
    assert (second.id, second.name) == ("second", "second")
    np.testing.assert_allclose(second.counts, [[20, 0], [0, 10], [0, 10], [0, 0]])  # 20 sites where none are given


def test_the_text_that_meme_itself_writes():
    ruler = "\n" + "-" * 60 + "\n"
    text = MEME.replace("MOTIF MA0002.2 RUNX1", ruler.join([
        "MOTIF CTNRTG MEME-1\twidth =   3  sites =  40  llr = 1  E-value = 1e-9",
        "\tMotif CTNRTG MEME-1 position-specific scoring matrix",
        "log-odds matrix: alength= 4 w= 2 n= 5 bayes= 9 E= 1\n  -34 12 1 8 \n  5 6 7 8 ",
        "\tMotif CTNRTG MEME-1 position-specific probability matrix",
    ]))
    text = text.replace("\nURL", ruler + " 0.9 0.1 0 0\nURL")  # numbers after the matrix has ended
    first, second = read_motifs(text)
    assert (first.id, first.name, first.width) == ("CTNRTG", "MEME-1", 3)
    assert second.width == 2


def test_jaspar_by_hand():
    first, second = read_motifs(JASPAR)
    assert (first.id, first.name) == ("MA0004.1", "Arnt")
    np.testing.assert_array_equal(first.counts, JASPAR_COUNTS)
    assert (second.id, second.name) == ("x", "a name")
    np.testing.assert_array_equal(second.counts, [[1, 2], [3, 4], [5, 6], [7, 8]])


@pytest.mark.parametrize("text", [
    ">m\nT [1 2]\nG [3 4]\nC [5 6]\nA [7 8]", ">m\na|7 8\nc|5 6\ng|3 4\nu|1 2", "7 8\n5 6\n3 4\n1 2",
    ">m\n[7 8]\n[5 6]\n[3 4]\n[1 2]",
    "\ufeff>m\r\nA[7 8]\r\nC[5 6]\r\nG[3\t4]\r\nT[1 2.0e0]\r\n", gzip.compress(b">m\nA 7 8\nC 5 6\nG 3 4\nT 1 2\n", mtime=0),
])
def test_rows_in_many_forms(text):
    np.testing.assert_array_equal(read_motifs(text)[0].counts, [[7, 8], [5, 6], [3, 4], [1, 2]])


def test_jaspar_comes_back_as_it_was():
    assert read_motifs(write_jaspar(SOME)) == SOME
    assert [m.name for m in read_motifs(write_jaspar(SOME))] == [m.name for m in SOME]
    odd = Motif("o", "o", np.random.default_rng(0).random((4, 9)) * 1e-3)
    assert read_motifs(write_jaspar([odd])) == [odd]  # to the last bit


def test_meme_comes_back_with_its_probabilities():
    back = read_motifs(write_meme(SOME))
    for motif, again in zip(SOME, back, strict=True):
        assert (again.id, again.name) == (motif.id, motif.name)
        np.testing.assert_allclose(again.ppm(pseudocount=0), motif.ppm(pseudocount=0), atol=2e-6)
        np.testing.assert_allclose(again.counts.sum(axis=0), motif.counts.sum(axis=0).mean(), rtol=0.06)
    assert write_meme(read_motifs(write_meme(back))) == write_meme(back)


def test_biopython_reads_what_is_written():
    meme = bio_motifs.parse(io.StringIO(write_meme(SOME)), "minimal")
    text = bio_motifs.parse(io.StringIO(write_jaspar(SOME)), "jaspar")
    for motif, from_meme, from_jaspar in zip(SOME, meme, text, strict=True):
        assert from_meme.name == from_jaspar.matrix_id == motif.id
        assert from_jaspar.name == motif.name
        np.testing.assert_array_equal([from_jaspar.counts[base] for base in "ACGT"], motif.counts)
        theirs = np.array([from_meme.counts[base] for base in "ACGT"])
        np.testing.assert_allclose(theirs, motif.ppm(pseudocount=0) * from_meme.num_occurrences, atol=1)  # it rounds


def test_what_biopython_writes_is_read():
    theirs = [bio_motifs.jaspar.Motif(m.id, m.name, alphabet="ACGT", counts=dict(zip("ACGT", m.counts.tolist(), strict=True)))
              for m in SOME if (m.counts == m.counts.round()).all()]
    ours = read_motifs(bio_motifs.write(theirs, "jaspar"))
    assert len(ours) == len(theirs) > 20
    assert all(motif == jaspar()[motif.id] for motif in ours)


def test_names_cannot_break_a_file():
    motif = Motif("filter 3\n>evil\nMOTIF x", "a\nb <i> 'q'", JASPAR_COUNTS)
    for write in (write_jaspar, write_meme):
        back = read_motifs(write([motif, Motif("", "", JASPAR_COUNTS)]))
        assert [m.id for m in back] == ["filter_3_>evil_MOTIF_x", "motif"]
    assert read_motifs(write_jaspar([motif]))[0].name == "a b <i> 'q'"


@pytest.mark.parametrize(("text", "said"), [
    ("", "There is no motif here."),
    ("ACGTACGT", "Motif 'motif_1', line 1: 'ACGTACGT' is no row of counts."),
    (">m", "Motif 'm', line 1: it has 0 of the four rows of counts"),
    (">m\n1 2\n3 4\n\n>n\n1\n", "Motif 'm', line 1: it has 2 of the four rows of counts"),
    (">m\nA 1 2\n\nA 3 4", "Motif 'm', line 4: there is a row for A already"),
    (">m\n1\n1\n1\n1\n1", "Motif 'm', line 6: there is a row for A already"),
    (">m\nA 1 2\nC 1", "Motif 'm', line 3: the row for C has another number of columns"),
    (">m\nA 1 e", "Motif 'm', line 2: 'e' is not a number"),
    (">m\nA 1 2x", "Motif 'm', line 2: 'A 1 2x' is no row of counts"),
    (">m\nA nan\nC 1\nG 1\nT 1", "is no row of counts"),
    (">m\nA -1\nC 1\nG 1\nT 1", "Motif 'm', column 1"),
    (">m\nA 0 1\nC 0 1\nG 0 1\nT 0 1", "Motif 'm', column 1"),
    (">m\nA 1e999\nC 1\nG 1\nT 1", "Motif 'm', column 1"),
    (">m\n" + ("1 " * 501 + "\n") * 4, "501 columns; at most 500"),
    (">m\n" * 5001, "more than 5,000 motifs"),
    (MEME.replace("w= 3", "w= 4"), "Motif 'MA0002.2', line 12: the matrix has 3 rows; it should have 4"),
    (MEME.replace(" 0 .5 .5 0", " 0 0 0 0"), "Motif 'second', line 22: the probabilities of a row add up to 1; here to 0"),
    (MEME.replace("0.407000", "0.5"), "Motif 'MA0002.2', line 14: the probabilities of a row add up to 1; here to 1.093"),
    (MEME.replace("  0.117000\t", ""), "line 14: a row has 4 probabilities, for A, C, G and T; here are 3"),
    (MEME.replace("0.117000", "0.1.7"), "line 14: '0.1.7' is not a number"),
    ("letter-probability matrix:\n" + "0.05 " * 20, "here are 20"),  # a protein
    ("letter-probability matrix:", "the matrix has 0 rows; it should have at least 1"),
    ("letter-probability matrix:\n1.1 -0.1 0 0", "column 1"),
    (b"\xe9", "is not text in UTF-8"),
])
def test_a_mistake_is_told_with_its_place(text, said):
    assert said in mistake(text)


@pytest.mark.parametrize("text", [
    "A" + " " * 4_900_000 + "x", ">\n" * 2_400_000, "A 1\n" * 400_000, "1 " * 2_400_000,
    "w " * 2_000_000 + "\nletter-probability matrix",
    "letter-probability matrix\n" * 180_000, "letter-probability matrix " + "w " * 2_000_000,
    gzip.compress(b"1" * 50_000_000, mtime=0),
], ids=range(8))
def test_hostile_shapes_fail_in_time(text):
    start = time.perf_counter()
    assert len(mistake(text)) < 200
    assert time.perf_counter() - start < 3


def test_any_text_gives_motifs_or_a_sentence():
    rng, read = random.Random(0), 0
    pieces = ["", "\n", " ", "9", "-", ".", "e", "A", "[", ">", "MOTIF ", "é", "\0"]
    originals = [MEME, JASPAR, write_meme(SOME[:2]), write_jaspar(SOME[:2])]
    for _ in range(1500):
        text = list(rng.choice(originals))
        for _ in range(rng.randint(0, 3)):
            at = rng.randrange(len(text))
            text[at:at + rng.choice([0, 1, 1, 5, 60])] = rng.choice(pieces)
        try:
            motifs = read_motifs("".join(text))
        except SeqVizError as error:
            assert "\n" not in str(error)
        else:
            assert all(isinstance(motif, Motif) for motif in motifs)
            read += 1
    assert 200 < read < 1300

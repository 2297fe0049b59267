"""Any stretch of a genome, plain and packed, against Python's own slices; and files that are none."""

import gzip
import os
import time
from pathlib import Path

import numpy as np
import pytest
from pyfaidx import Faidx

from seqviz_core.errors import SeqVizError
from seqviz_core.genome import Genome
from tests.small_genomes import fasta, letters, pack

CONTIGS = {"chr1": letters(150_001, 1), "chr2": letters(61, 2), "chrM": letters(60, 3), "empty": "", "chrX": letters(300, 4)}


def open_bytes(folder: Path, data: bytes, name: str = "x.fa") -> Genome:
    (folder / name).write_bytes(data)
    return Genome(folder / name, folder / "indexes")


@pytest.mark.parametrize("packed", [False, True])
def test_any_stretch_is_pythons_slice(build, packed):
    genome, rng = build(CONTIGS, packed), np.random.default_rng(0)
    assert genome.contigs == {name: len(sequence) for name, sequence in CONTIGS.items()}
    for name, sequence in CONTIGS.items():
        for start, end in rng.integers(0, len(sequence) + 1, (300, 2)):
            assert genome.fetch(name, start, end) == sequence[start:end]


def test_a_read_that_begins_at_a_block_of_a_packed_file(build):
    """pyfaidx's own fetch raises there."""
    genome = build(CONTIGS, packed=True)
    place = 65_536 - len(">chr1\n")
    base = place // 61 * 60 + place % 61
    for start in range(base - 3, base + 4):
        assert genome.fetch("chr1", start, start + 50) == CONTIGS["chr1"][start:start + 50]


def test_what_lies_outside_a_contig_is_unknown(build):
    genome = build({"c": "ACGTACGTAA"})
    assert genome.fetch("c", -3, 4) == "NNNACGT"
    assert genome.fetch("c", 8, 13) == "AANNN"
    assert genome.fetch("c", -2, 12) == "NNACGTACGTAANN"
    assert genome.fetch("c", 20, 23) == "NNN" and genome.fetch("c", -9, -5) == "NNNN"
    assert genome.fetch("c", 5, 5) == genome.fetch("c", 7, 3) == ""


def test_soft_masked_bases_are_upper_case_and_codes_unknown(tmp_path):
    assert open_bytes(tmp_path, b">c\nacgtuRYn\nKMBVW-AC\n").fetch("c", 0, 16) == "ACGTTNNNNNNNNNAC"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_do_not_matter(tmp_path, end):
    genome = open_bytes(tmp_path, fasta({"a": letters(130, 1), "b": letters(130, 2)}, end=end))
    assert genome.fetch("b", 50, 125) == letters(130, 2)[50:125]


@pytest.mark.parametrize(("asked", "found"), [("chr1", "chr1"), ("1", "chr1"), ("MT", "chrM"), ("chrMT", "chrM"), ("M", "chrM"),
                                              ("X", "chrX")])
def test_contigs_are_found_with_or_without_chr(build, asked, found):
    assert build(CONTIGS).find(asked) == found


def test_contigs_are_found_where_the_genome_has_no_chr(build):
    genome = build({"1": "ACGT", "MT": "ACGT"})
    assert (genome.find("chr1"), genome.find("chrMT"), genome.find("chrM"), genome.find("M")) == ("1", "MT", "MT", "MT")


def test_an_unknown_contig_is_told_with_those_there_are(build):
    with pytest.raises(SeqVizError, match="no contig 'chrom2'; it has chr1, chr2, chrM, empty, chrX. Did you mean 'chr2'"):
        build(CONTIGS).find("chrom2")
    with pytest.raises(SeqVizError, match="Did you mean 'chrX'"):
        build(CONTIGS).find("CHRx")


@pytest.mark.parametrize("packed", [False, True])
def test_the_index_is_never_written_beside_the_file(tmp_path, packed):
    home = tmp_path / "theirs"
    home.mkdir()
    path = home / ("g.fa.gz" if packed else "g.fa")
    pack(path, fasta(CONTIGS)) if packed else path.write_bytes(fasta(CONTIGS))
    os.chmod(home, 0o555)
    try:
        for _ in range(2):
            assert Genome(path, tmp_path / "ours").fetch("chr2", 0, 61) == CONTIGS["chr2"]
    finally:
        os.chmod(home, 0o755)
    assert [p.name for p in home.iterdir()] == [path.name]
    assert len(list((tmp_path / "ours").iterdir())) == (2 if packed else 1)


@pytest.mark.parametrize("packed", [False, True])
def test_an_index_beside_the_file_is_used_where_it_is_whole_and_not_older(tmp_path, packed):
    path = tmp_path / ("g.fa.gz" if packed else "g.fa")
    pack(path, fasta(CONTIGS)) if packed else path.write_bytes(fasta(CONTIGS))
    Faidx(path)
    assert Genome(path, tmp_path / "ours").fetch("chr2", 3, 61) == CONTIGS["chr2"][3:]
    assert not (tmp_path / "ours").exists()
    old = time.time() - 1000
    os.utime(tmp_path / f"{path.name}.fai", (old, old))
    assert Genome(path, tmp_path / "ours").fetch("chr2", 3, 61) == CONTIGS["chr2"][3:]
    assert (tmp_path / "ours").exists()


@pytest.mark.parametrize("damage", [b"", b"chr1\tmany\t6\t60\t61\n", b"\xff\xfe", b"chr1\t99999999\t6\t60\t61\n"])
def test_a_damaged_index_beside_the_file_does_no_harm(tmp_path, damage):
    path = tmp_path / "g.fa"
    path.write_bytes(fasta({"chr1": "ACGT" * 30}))
    (tmp_path / "g.fa.fai").write_bytes(damage)
    try:
        assert Genome(path, tmp_path / "ours").fetch("chr1", 0, 8) == "ACGTACGT"
    except SeqVizError as error:
        assert "index does not fit" in str(error) or "no base" in str(error)


def test_an_index_that_was_cut_off_is_made_anew(tmp_path):
    path = tmp_path / "g.fa"
    path.write_bytes(fasta(CONTIGS))
    Genome(path, tmp_path / "ours")
    next((tmp_path / "ours").iterdir()).write_text("chr1\t15")
    assert Genome(path, tmp_path / "ours").fetch("chr2", 3, 61) == CONTIGS["chr2"][3:]


def test_a_file_that_changed_has_a_new_index(tmp_path):
    assert open_bytes(tmp_path, fasta({"c": "ACGT" * 20})).fetch("c", 0, 4) == "ACGT"
    assert open_bytes(tmp_path, fasta({"d": "GGGT" * 30})).fetch("d", 0, 4) == "GGGT"


@pytest.mark.parametrize(("data", "name", "sentence"), [
    (gzip.compress(fasta(CONTIGS)), "x.fa.gz", "ordinary gzip file, which cannot be read from the middle.*bgzip"),
    (gzip.compress(fasta(CONTIGS)), "x.fa", "packed, but its name does not end in .gz"),
    (fasta(CONTIGS), "x.fa.gz", "not packed"),
    (b"", "x.fa", "no sequence in it"),
    (b">\nACGT\n", "x.fa", "line 1: no name follows"),
    (b">a\nACGT\n>a\nACGT\n", "x.fa", "two contigs are named 'a'"),
    (b">a\nACGTA\nACG\nACGTA\n", "x.fa", "line 3: the lines of 'a' are not equally long"),
    (b"ACGT\n", "x.fa", "line 1: a FASTA file begins with '>'"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "x.fa", "not text"),
    (b">a\n\x00\x01\xff\n", "x.fa", "not text"),
    (b">a\nMEEPQSDPSVEPPLSQETFSDLWKLLPENNVLSPLPS\n", "x.fa", "of its letters are no bases"),
    (b">a\n>b\n", "x.fa", "no base follows"),
    (b">a\rACGT\r", "x.fa", "no base follows"),
    (b"\xef\xbb\xbf>a\nACGT\n", "x.fa", "begins with '>'"),
])
def test_what_is_no_genome_is_told_in_a_sentence(tmp_path, data, name, sentence):
    with pytest.raises(SeqVizError, match=f"^{name!r}: .*{sentence}"):
        open_bytes(tmp_path, data, name)


def test_a_packed_file_that_is_cut_off_or_damaged(tmp_path):
    whole = pack(tmp_path / "w.fa.gz", fasta(CONTIGS)).read_bytes()
    for data, sentence in [(whole[:-28], "cut off: its last, empty block"), (whole[:-40], "cut off"), (whole[:30_000], "cut off"),
                           (whole[:-28] + b"rubbish" + whole[-28:], "damaged"),
                           (whole[:2000] + b"\0" * 99 + whole[2099:], "damaged")]:
        with pytest.raises(SeqVizError, match=sentence):
            open_bytes(tmp_path, data, "cut.fa.gz")


def test_a_small_file_that_unpacks_to_much_is_refused_unread(tmp_path):
    bomb = pack(tmp_path / "b.fa.gz", b">a\n" + b"A" * 50_000_000)
    assert bomb.stat().st_size < 200_000
    began = time.perf_counter()
    with pytest.raises(SeqVizError, match="unpacks to 50,000,003 bytes; at most 1,000,000"):
        Genome(bomb, tmp_path / "ours", most_unpacked=1_000_000)
    assert time.perf_counter() - began < 0.5
    assert not (tmp_path / "ours").exists()


def test_a_block_that_lies_about_its_size_is_told(tmp_path):
    data = bytearray(pack(tmp_path / "w.fa.gz", fasta(CONTIGS)).read_bytes())
    first = int.from_bytes(data[16:18], "little") + 1  # packed bytes of the first block
    data[first - 4:first] = (10).to_bytes(4, "little")
    with pytest.raises(SeqVizError, match="damaged"):
        open_bytes(tmp_path, bytes(data), "lie.fa.gz")

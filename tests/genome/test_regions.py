"""Regions and BED: what people write, and what goes wrong with it."""

import gzip

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.genome import Region, parse_region, read_regions
from seqviz_core.sequences import Limits, reverse_complement
from tests.small_genomes import letters

CHR7, HLA = letters(20_000, 7), letters(50, 8)


@pytest.fixture
def genome(build):
    return build({"chr7": CHR7, "HLA:A*01:01": HLA, "chrM": "ACGTACGTACGT"})


@pytest.mark.parametrize(("text", "start", "end", "strand"), [
    ("chr7:5,301-5,330", 5300, 5330, "+"), ("chr7:5301-5330", 5300, 5330, "+"), ("7:5301-5330", 5300, 5330, "+"),
    (" chr7 : 5301 - 5330 ", 5300, 5330, "+"), ("chr7:5301..5330", 5300, 5330, "+"), ("chr7:5301\u20135330", 5300, 5330, "+"),
    ("chr7:5301-5330(-)", 5300, 5330, "-"), ("chr7:5301-5330:-", 5300, 5330, "-"), ("chr7:5301", 5300, 5301, "+"),
    ("chr7:19991-", 19990, 20_000, "+"), ("chr7:1-1", 0, 1, "+"), ("chr7:20,000-20,000", 19_999, 20_000, "+"),
])
def test_regions_as_people_write_them(genome, text, start, end, strand):
    region = parse_region(text, genome)
    assert region == Region("chr7", start, end, strand)
    expected = CHR7[start:end]
    assert region.record(genome).sequence == (expected if strand == "+" else reverse_complement(expected))


def test_what_is_written_is_read_back(genome):
    for region in (Region("chr7", 5300, 5330, "-"), Region("chrM", 0, 12), Region("chr7", 9, 10)):
        assert parse_region(str(region), genome) == region
    assert str(Region("chr7", 5300, 5330, "-")) == "chr7:5,301-5,330(-)"


def test_whole_contigs_and_names_with_colons(genome):
    assert parse_region("M", genome) == Region("chrM", 0, 12)
    assert parse_region("HLA:A*01:01", genome) == Region("HLA:A*01:01", 0, 50)
    assert parse_region("HLA:A*01:01:11-20", genome).record(genome).sequence == HLA[10:20]


@pytest.mark.parametrize(("text", "sentence"), [
    ("chr7:10-5", "ends at 5, before it begins at 10"),
    ("chr7:0-5", "count from 1"),
    ("chr7:19,990-20,001", "chr7 has 20,000 bases, and this ends at 20,001"),
    ("chr9:1-5", "no contig 'chr9'; it has chr7"),
    ("chr7:1-10,001", "10,001 bases; at most 10,000 are read. Name a part of it, as in chr7:1-200"),
    ("chr7", "20,000 bases; at most"),
    ("chr7:abc", "is no region"),
    ("chr7:1-2-3", "is no region"),
    ("../../etc/passwd", "no contig"),
    ("chr7:9999999999999999999-2", "is no position"),
    ("chr7:" + "1 " * 100_000 + "x", "column 6"), ("chr7:" + "1," * 100_000, "is no position"),
    ("<script>alert(1)</script>", "no contig"),
])
def test_what_is_no_region_is_told(genome, text, sentence):
    with pytest.raises(SeqVizError) as error:
        parse_region(text, genome)
    assert sentence in str(error.value) and len(str(error.value)) < 300


BED = ("browser position chr7:1-10\r\ntrack name=peaks\r\n# a comment\r\nchrom\tchromStart\tchromEnd\r\n"
       "chr7\t10\t30\tpeak1\t0\t-\r\n"
       "\r\n7\t0\t20\r\nchr7\t40\t40\tnone\r\nchr7\tten\t40\r\nchr9\t1\t2\r\nchr7 100 120 spaces 5 .\r\nchr7\t-5\t20\r\n"
       "chr7\t1\t9\tx\t0\tboth\r\nchr7\t1\t9\t.\t0\t+\t1\t9\t0,0,0\t1\t8\t0\r\n")


@pytest.mark.parametrize("data", [BED, BED.encode(), gzip.compress(BED.encode()), BED.replace("\r\n", "\r")])
def test_bed_goes_on_behind_a_bad_line(genome, data):
    found = read_regions(data, genome)
    assert found.regions == (Region("chr7", 10, 30, "-", "peak1"), Region("chr7", 0, 20), Region("chr7", 100, 120, "+", "spaces"),
                             Region("chr7", 1, 9, "+"))
    assert [p.split(":")[0] for p in found.problems] == ["Line 8", "Line 9", "Line 10", "Line 12", "Line 13"]
    assert found.notices == ("7 is called chr7 in this genome.",)
    records = found.records(genome)
    assert records[0].sequence == reverse_complement(CHR7[10:30]) and records[0].name == "chr7:11-30(-) peak1"


def test_the_strand_of_those_that_name_none(genome):
    found = read_regions("chr7:1-9\nchr7:1-9(+)\nchr7 0 9 x 0 +", genome, strand="-")
    assert [region.strand for region in found.regions] == ["-", "+", "+"]


def test_too_many_regions(genome):
    found = read_regions("chr7:1-9\n" * 9, genome, Limits(records=4))
    assert len(found.regions) == 4 and found.problems == ("Line 5: only the first 4 regions are read.",)


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n", "track name=x\n"])
def test_nothing_asked_is_told(genome, text):
    with pytest.raises(SeqVizError, match="No region is named"):
        read_regions(text, genome)

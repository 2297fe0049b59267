"""VCF: what is read of it, one sentence for what is not, and what is written, read again by rules of its own."""

import gzip
import re
import time

import pytest
from Bio import bgzf

from seqviz_core.errors import SeqVizError
from seqviz_core.genome import GenomeVariant, InfoField, info_key, read_vcf, write_vcf
from tests.small_genomes import letters

CHR1 = "ACGTNACGTTGCA" + letters(500, 1)
HEADER = "##fileformat=VCFv4.1\n##INFO=<ID=AC,Number=A,Type=Integer,Description=\"n\">\n" \
         "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
LINE = "chr1\t1\trs1\tA\tG\t.\tPASS\tAC=1\n"


@pytest.fixture
def genome(build):
    return build({"chr1": CHR1, "chr2": letters(100, 2)})


def line(position=1, ref="A", alt="G", contig="chr1", name="."):
    return f"{contig}\t{position}\t{name}\t{ref}\t{alt}\t.\t.\t."


def problem(genome, text: str) -> str:
    found = read_vcf(LINE + text, genome)
    assert len(found.variants) == 1 and len(found.problems) == 1  # the rest goes on
    assert found.problems[0].sentence.startswith("Line 2: ") and found.problems[0].line == 2
    return found.problems[0].sentence


def test_a_line_is_a_variant(genome):
    found = read_vcf(HEADER + LINE, genome)
    assert found.variants == (GenomeVariant("chr1", 0, "A", "G", "rs1", 4, 0),)
    assert found.problems == () and found.notices == ()
    assert str(found.variants[0]) == "chr1:1 A>G"


@pytest.mark.parametrize("data", [HEADER + LINE, (HEADER + LINE).encode(), gzip.compress((HEADER + LINE).encode()),
                                  (HEADER + LINE).replace("\n", "\r\n"), (HEADER + LINE).rstrip("\n"), "\ufeff" + HEADER + LINE,
                                  HEADER + "\n\n" + LINE + "\n\n", (HEADER + LINE).encode("utf-16")])
def test_packed_or_with_other_line_ends_it_is_the_same(genome, data):
    assert [v[:5] for v in read_vcf(data, genome).variants] == [("chr1", 0, "A", "G", "rs1")]


def test_bgzip(genome, tmp_path):
    with bgzf.BgzfWriter(str(tmp_path / "l.vcf.gz")) as file:
        file.write((HEADER + "\n".join(line(1) for _ in range(9000)) + "\n").encode())
    assert len(read_vcf((tmp_path / "l.vcf.gz").read_bytes(), genome).variants) == 9000


def test_without_a_header_and_with_spaces(genome):
    found = read_vcf("1 1 . a g\n", genome)
    assert found.variants == (GenomeVariant("chr1", 0, "A", "G", "", 1, 0),)
    assert "no header" in found.notices[0] and "1 is called chr1" in found.notices[1]


def test_each_alternative_is_a_variant_of_its_own(genome):
    found = read_vcf(line(2, "CG", "C,CGTT,<DEL>,*,T"), genome)
    assert [(v.alt, v.allele) for v in found.variants] == [("C", 0), ("CGTT", 1), ("T", 4)]
    assert [p.kind for p in found.problems] == ["allele without bases"] * 2


@pytest.mark.parametrize(("text", "sentence"), [
    (line(2), "REF is A, but the genome has C there"),
    (line(1, "ACGA", "A"), "REF is ACGA, but the genome has ACGT there"),
    (line(0), "position 0 lies outside chr1, which has bases 1 to 513"),
    (line(514), "position 514 lies outside"),
    (line(10**11), "position 100,000,000,000 lies outside"),
    (line(512, CHR1[511:] + "A", "A"), "reaches beyond the end of chr1"),
    (line("12a"), "position '12a' is not a whole number"),
    (line("-4"), "position '-4' is not"),
    (line("\u0663"), "is not a whole number"),
    (line(contig="chr9"), "has no contig 'chr9'; it has chr1, chr2"),
    (line(5, "N"), "the genome has unknown bases"),
    (line(4, "TNA", "T"), "the genome has unknown bases"),
    (line(1, "N"), "REF has unknown bases"),
    (line(1, "A", "N"), "ALT 'N' has unknown bases"),
    (line(1, "A", "."), "ALT is a dot"),
    (line(1, "A", "*"), "ALT \\* stands for"),
    (line(1, "A", "<DEL>"), "'<DEL>' names a kind of change"),
    (line(1, "A", "<NON_REF>"), "names a kind of change"),
    (line(1, "A", "A[chr2:7["), "is a breakend"),
    (line(1, "A", "]chr2:7]A"), "is a breakend"),
    (line(1, "A", ".A"), "is a breakend"),
    (line(1, "A", "A"), "ALT is REF, A: nothing changes"),
    (line(1, "A", "R"), "ALT 'R' is not made of bases"),
    (line(1, "A?", "G"), "REF 'A\\?' is not made of bases"),
    (line(1, "A", "G" * 1001), "ALT has 1,001 bases"),
    (line(1, "A" * 1001, "G"), "REF has 1,001 bases"),
    ("chr1\t1\t.\tA", "it has 4 columns; a line of VCF has at least 5"),
    ("rubbish", "it has 1 column;"),
    ("<script>alert(1)</script>\t1\t.\tA\tG", "no contig '<script>"),
    (line(1, "A", "x" * 100_000), "ALT 'XXXXXXXX... \\(100,000 bases\\)' is not made"),
])
def test_what_cannot_be_scored_is_one_sentence_and_the_rest_goes_on(genome, text, sentence):
    told = problem(genome, text)
    assert re.search(sentence, told) and len(told) < 250


def test_more_columns_than_the_header(genome):
    found = read_vcf(HEADER + LINE + LINE.rstrip() + "\tGT\t0/1\n", genome)
    assert [p.sentence for p in found.problems] == ["Line 5: it has 10 columns, and the header names 8."]


def test_unsorted_lines_keep_their_order_and_are_told(genome):
    chr2 = letters(100, 2)
    text = "\n".join([line(9, CHR1[8], "A" if CHR1[8] != "A" else "C"), LINE.strip(), line(1, chr2[0], "N,ACG", "chr2")])
    found = read_vcf(text, genome)
    assert [v.start for v in found.variants] == [8, 0, 0]
    assert any("not sorted" in notice for notice in found.notices)
    apart = read_vcf("\n".join([LINE.strip(), line(1, chr2[0], chr2[0] + "A", "chr2"), LINE.strip()]), genome)
    assert any("not sorted" in notice for notice in apart.notices)


def test_too_many_lines(genome):
    found = read_vcf(HEADER + LINE * 30, genome, most=20)
    assert len(found.variants) == 20 and found.problems[0].sentence == "Line 24: only the first 20 lines of variants are read."


@pytest.mark.parametrize(("data", "sentence"), [
    ("", "no variant"), (HEADER, "no variant"), (b"", "no variant"), (b"BCF\x02\x02", "BCF"), (b"PK\x03\x04...", "zip"),
    (b"\x00\x01\x02", "not text"), (gzip.compress((HEADER + LINE).encode())[:-9], "cut off"),
    (b"chr1\t1\t.\tA\t\xff", "not text"),
])
def test_what_is_no_vcf_is_told(genome, data, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        read_vcf(data, genome)


def test_twenty_thousand_lines_are_read_in_a_second(genome):
    text = HEADER + "\n".join(line(1 + i % 4, CHR1[i % 4], "TGCA"[i % 4] + "A") for i in range(20_000))
    began = time.process_time()
    found = read_vcf(text, genome)
    assert len(found.variants) == 20_000 and time.process_time() - began < 2


def strict(text: str) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    """Return the INFO declarations and the rows of a VCF 4.2; asserts what the specification demands of them."""
    assert text.endswith("\n") and "\r" not in text and "\n\n" not in text
    lines = text[:-1].split("\n")
    assert re.fullmatch(r"##fileformat=VCFv4\.[2-9]", lines[0])
    meta = [row for row in lines if row.startswith("##")]
    head, *rows = lines[len(meta):]
    assert all(re.fullmatch(r"##[^=]+=(<ID=[^,>]+(,[A-Za-z]+=(\"([^\"\\]|\\.)*\"|[^,\"]*))*>|.+)", row) for row in meta), meta
    infos = {}
    for row in meta:
        if match := re.fullmatch(r'##INFO=<ID=([A-Za-z_][0-9A-Za-z_.]*),Number=(\w+|\.),Type=(\w+),Description="(.*)">', row):
            assert match[1] not in infos and match[3] in ("Integer", "Float", "Flag", "Character", "String")
            infos[match[1]] = {"number": match[2], "type": match[3], "description": match[4]}
    names = head[1:].split("\t")
    assert head[0] == "#" and names[:8] == ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    table = []
    for row in rows:
        cells = row.split("\t")
        assert len(cells) == len(names) and all(cells) and cells[1].isdecimal()
        entries = dict(e.partition("=")[::2] for e in cells[7].split(";")) if cells[7] != "." else {}
        for key, value in entries.items():
            assert key in infos and not re.search(r"[\s;=]", value)
            if infos[key]["number"] == "A":
                parts = value.split(",")
                assert len(parts) == len(cells[4].split(","))
                if infos[key]["type"] == "Float":
                    assert all(p == "." or float(p) is not None for p in parts)
        table.append({**dict(zip(names, cells)), **entries})
    return infos, table


def fields(values, classes=None):
    return [InfoField(info_key("cnn", "DELTA"), "Float", 'Change of the logit, "quoted" \\ class', values),
            InfoField(info_key("cnn", "CLASS"), "String", "Class", classes or {})]


def test_what_is_written_keeps_the_lines_and_declares_its_values(genome):
    text = HEADER + LINE + line(2, "CG", "C,<DEL>,CGT", name="two") + "\n" + line(2, "A", "G", name="wrong") + "\n" + line(
        1, contig="chr9") + "\n"
    vcf = read_vcf(text, genome)
    values = {(4, 0): -1.23456, (5, 0): 0.5, (5, 2): float("nan")}
    infos, rows = strict(write_vcf(vcf, genome, fields(values, {(4, 0): "a class; with, signs=", (5, 2): "x"}), "SeqViz 1"))
    assert infos["AC"]["number"] == "A" and infos["SEQVIZ_cnn_DELTA"] == {
        "number": "A", "type": "Float", "description": 'Change of the logit, \\"quoted\\" \\\\ class'}
    assert [row["ID"] for row in rows] == ["rs1", "two", "wrong", "."]
    assert rows[0]["AC"] == "1" and rows[0]["SEQVIZ_cnn_DELTA"] == "-1.235"
    assert rows[0]["SEQVIZ_cnn_CLASS"] == "a_class_with_signs_"
    assert rows[1]["SEQVIZ_cnn_DELTA"] == "0.5,.,." and rows[1]["SEQVIZ_cnn_CLASS"] == ".,.,x"
    assert rows[2]["INFO"] == "." and rows[3]["CHROM"] == "chr9"


@pytest.mark.parametrize("text", ["1 1 . A G\n", "chr1\t1\t.\tA\tG\t50\n",
                                  "chr1\t1\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\t1/1\n" + line(),
                                  "#CHROM\tPOS\tID\tREF\tALT\nchr1\t1\t.\tA\tG\n", "#CHROM\tPOS\nchr1\t1\t.\tA\tG\n",
                                  HEADER.replace("4.1", "4.3") + LINE.replace("\n", "\r\n"),
                                  "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=513>\n" + LINE.replace("AC=1", ".")])
def test_every_kind_of_input_becomes_a_strict_vcf(genome, text):
    vcf = read_vcf(text, genome)
    _, rows = strict(write_vcf(vcf, genome, fields({(v.line, v.allele): 2.0 for v in vcf.variants}), "SeqViz 1"))
    assert [row["SEQVIZ_cnn_DELTA"] for row in rows] == ["2"] * text.count("\tA\tG" if "\t" in text else " A G")


def test_a_list_that_went_through_before_has_its_values_replaced(genome):
    first = write_vcf(read_vcf(HEADER + LINE, genome), genome, fields({(4, 0): 1.0}), "SeqViz 1")
    again = read_vcf(first, genome)
    second = write_vcf(again, genome, fields({(again.variants[0].line, 0): 2.0}), "SeqViz 1")
    infos, rows = strict(second)
    assert rows[0]["SEQVIZ_cnn_DELTA"] == "2" and second.count("##seqviz=") == 1 and second.count("##contig=<ID=chr1,") == 1


def test_the_checker_can_fail(genome):
    good = write_vcf(read_vcf(HEADER + LINE, genome), genome, fields({(4, 0): 1.0}), "SeqViz 1")
    for wrong in (good.replace("SEQVIZ_cnn_DELTA=1", "SEQVIZ_cnn_DELTA=1,2"),
                  good.replace("##INFO=<ID=SEQVIZ_cnn_DELTA", "##X=<ID=a"),
                  good.replace("4.2", "4.1"), good.replace("\tA\t", "\t\t"), good[:-1]):
        with pytest.raises(AssertionError):
            strict(wrong)

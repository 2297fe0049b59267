"""Reading what people paste and upload: what is taken as it comes, and the sentence for each mistake."""

import gzip
import random

import pytest
from Bio import SeqIO

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import SequenceRecord, parse_sequences

FASTA = ">one first\nACGT\nacgt\n>two\nTTTT\n"
BOTH = (SequenceRecord("one first", "ACGTACGT"), SequenceRecord("two", "TTTT"))
GENBANK = """LOCUS       AB000001     26 bp    DNA     linear   SYN 01-JAN-2000
DEFINITION  Something with a 1 and the word ORIGIN in it.
FEATURES             Location/Qualifiers
     source          1..26
ORIGIN
        1 gatcctccat atacaacggt
       21 atctcc
//
"""
EMBL = """ID   X56734; SV 1; linear; mRNA; STD; PLN; 26 BP.
XX
DE   Something
SQ   Sequence 26 BP; 8 A; 7 C; 4 G; 7 T; 0 other;
     gatcctccat atacaacggt        20
     atctcc                       26
//
"""
NUMBERED = "GATCCTCCATATACAACGGTATCTCC"


def records(data):
    return parse_sequences(data).records


def sequences(data):
    return [record.sequence for record in records(data)]


def mistake(data):
    with pytest.raises(SeqVizError) as caught:
        parse_sequences(data)
    return str(caught.value)


# what is taken as it comes

@pytest.mark.parametrize("data", [
    FASTA,
    FASTA.encode(),
    FASTA.replace("\n", "\r\n"),
    FASTA.replace("\n", "\r"),
    FASTA.replace("\n", "\r\n").encode(),
    "\ufeff" + FASTA,
    b"\xef\xbb\xbf" + FASTA.encode(),
    FASTA.encode("utf-16"),
    "\n\n  \n" + FASTA.replace("\n", "\n\n") + "\n \t\n",
    FASTA.rstrip("\n"),
    FASTA.replace("ACGT\n", "  AC\tG T  \n"),
    FASTA.replace("ACGT\n", "A\u00a0C\u200bG\u2009T\n"),
    FASTA.replace(">", " >"),
    FASTA.replace("TTTT", "UuTt"),
    gzip.compress(FASTA.encode(), mtime=0),
    gzip.compress(FASTA[:14].encode(), mtime=0) + gzip.compress(FASTA[14:].encode(), mtime=0),  # as bgzip writes
    gzip.compress(FASTA.encode(), mtime=0) + b"\0" * 40,
], ids=range(17))
def test_one_text_in_many_forms(data):
    assert records(data) == BOTH


@pytest.mark.parametrize(("data", "name"), [
    ("gatcctccatatacaacggt\natctcc", "sequence 1"),
    ("        1 gatcctccat atacaacggt\n       21 atctcc\n", "sequence 1"),
    ("        1 gatcctccat atacaacggt\r\n       21 atctcc\r\n//\r\n", "sequence 1"),
    ("ORIGIN      \n        1 gatcctccat atacaacggt\n       21 atctcc\n//", "sequence 1"),
    ("     gatcctccat atacaacggt        20\n     atctcc        26\n", "sequence 1"),
    ("1 gatcctccatatacaacggt 20\n21 atctcc 26", "sequence 1"),
    (">x\n        1 gatcctccat atacaacggt\n       21 atctcc\n", "x"),
    (GENBANK, "AB000001"),
    (EMBL, "X56734"),
    (GENBANK.encode("utf-8"), "AB000001"),
])
def test_numbers_and_spaces_of_a_database_paste(data, name):
    assert records(data) == (SequenceRecord(name, NUMBERED),)


def test_several_database_records():
    assert [r.name for r in records(GENBANK + "\n" + GENBANK.replace("AB000001", "AB000002"))] == ["AB000001", "AB000002"]
    assert sequences(GENBANK + GENBANK) == [NUMBERED, NUMBERED]


def test_biopython_reads_the_same(tmp_path):
    rng = random.Random(4)
    bodies = ["\n".join("".join(rng.choices("ACGTN", k=60)) for _ in range(5)) for _ in range(9)]
    text = "".join(f">r{i} of chr{i}\n{body}\n" for i, body in enumerate(bodies))
    path = tmp_path / "x.fa"
    path.write_text(text)
    theirs = tuple(SequenceRecord(r.description, str(r.seq)) for r in SeqIO.parse(path, "fasta"))
    assert records(text) == theirs


def test_plain_text_before_the_first_header_is_a_record_too():
    assert records("ACGT\n>x\nTT") == (SequenceRecord("sequence 1", "ACGT"), SequenceRecord("x", "TT"))


@pytest.mark.parametrize(("header", "name"), [
    ("<script>alert('x')</script> & \"q\"", "<script>alert('x')</script> & \"q\""),  # escaped where it is shown, not here
    ("  chr7:1-5(+)\tenhancer  ", "chr7:1-5(+) enhancer"),
    ("gène Ω", "gène Ω"),
    ("a\x00b\x1b[31m\u202ec", "a b [31m c"),  # control characters and direction overrides
    ("", "sequence 1"),
    (">x", ">x"),
    ("x" * 500, "x" * 199 + "…"),
])
def test_a_header_is_a_name_on_one_line(header, name):
    assert records(f">{header}\nACGT")[0].name == name


# notices

def test_iupac_codes_become_unknown_with_a_notice():
    parsed = parse_sequences(">x\nacRyNT\n>y\nACGTN\n>z\nW")
    assert [r.sequence for r in parsed.records] == ["ACNNNT", "ACGTN", "N"]
    assert parsed.notices == ("Record 1 'x': 2 IUPAC codes (R, Y) are kept as unknown bases.",
                              "Record 3 'z': 1 IUPAC code (W) is kept as an unknown base.")


def test_every_iupac_code_and_no_other_letter():
    assert sequences("RYSWKMBDHVN") == ["N" * 11]
    for letter in "EFIJLOPQXZ":
        assert f"'{letter}' is not a base" in mistake(f"ACG{letter}")


def test_many_notices_of_a_kind_are_counted():
    parsed = parse_sequences("".join(f">r{i}\nACR\n" for i in range(50)))
    assert len(parsed.notices) == 3
    assert parsed.notices[2] == "48 more records have IUPAC codes, kept as unknown bases."


def test_rna_is_said():
    assert parse_sequences("ACGU").notices == ("U is read as T.",)
    assert parse_sequences(">a\nACGU\n>b\nACGT").notices == ("U is read as T in 1 of 2 records.",)
    assert parse_sequences("ACGT").notices == ()


def test_joined_lines_are_said_where_no_header_tells_them_apart():
    assert parse_sequences("ACGT\n\nACGT\n").notices == ("No line starts with '>', so 2 lines are read as one sequence.",)
    assert parse_sequences(FASTA).notices == parse_sequences(GENBANK).notices == ()


def test_shared_names_are_kept_and_said():
    parsed = parse_sequences(">x\nA\n>y\nC\n>x\nG")
    assert [r.name for r in parsed.records] == ["x", "y", "x"]
    assert parsed.notices == ("2 records are named 'x'; their numbers tell them apart.",)


# mistakes

@pytest.mark.parametrize(("data", "said"), [
    (">a\nACGT\n>chr7_enh\n\nACGT\n\n\n\nACGTACGTACGTAXGT\n",
     "Record 2 'chr7_enh', line 9, column 14: 'X' is not a base. Use A, C, G, T, U or IUPAC codes."),
    ("ACGX", "Record 1, line 1, column 4: 'X' is not a base. Use A, C, G, T, U or IUPAC codes."),
    ("\ufeffXA", "Record 1, line 1, column 1: 'X' is not a base."),
    (">x\r\nAC\r\nAC7GT\r\n", "Record 1 'x', line 3, column 3: '7' is not a base."),
    (">x\rAC\rACX", "Record 1 'x', line 3, column 3: 'X'"),
    (">x\nACG7T", "Record 1 'x', line 2, column 4: '7' is not a base."),
    (">x\nACGT 12 ACGT", "line 2, column 6: '1' is not a base."),
    ("1 ACGT\n5ACGT", "line 2, column 1: '5' is not a base."),
    ("1 ACGT\n5 ACXT", "line 2, column 5: 'X' is not a base."),
    ("A\u00a0\u00a0X", "line 1, column 4: 'X'"),
    ("AC é", "line 1, column 4: 'é' is not a base."),
    ("ACſT", "column 3: 'ſ' is not a base."),  # upper case of the long s is S, an IUPAC code
    ("🧬", "column 1: '🧬' is not a base."),
    ("A\ud800", r"column 2: '\ud800' is not a base."),
    ("AC\0GT", r"column 3: '\x00' is not a base."),
    ("ACGT>x\nACGT", "column 5: '>' is not a base."),
    (">x\nAC-GT", "Record 1 'x', line 2, column 3: '-' is a gap, not a base. Remove gaps, or write N for an unknown base."),
    (">x\nAC..GT", "'.' is a gap"),
    (">x\nACGT*", "line 2, column 5: '*' is not a base."),
    (">p\nMKVLITGAEFPQ", "Record 1 'p', line 2, column 4: 'L' is not a base, and this looks like a protein."),
    ('"ACGT","GGCC"', "column 1: '\"' is not a base."),
    (">" + "n" * 100 + "\nX", "Record 1 '" + "n" * 39 + "…', line 2"),
    (">only a header", "Record 1 'only a header', line 1: no sequence follows this header."),
    (">a\nAC\n\n>b\n\n>c\nAC", "Record 2 'b', line 4: no sequence follows this header."),
    (">a\nAC\n>b\n 12 \n", "Record 2 'b', line 3: no sequence follows this header."),
    (">", "Record 1, line 1: no sequence follows this header."),
    ("LOCUS  AB1  20 bp\nDEFINITION none\n//\n", "Record 1 'AB1', line 1: no sequence follows this header."),
    ("LOCUS  AB1\nORIGIN\n 1 acgt\n//\nmore", "Record 1 'AB1', line 4, column 1: '/' is not a base."),
    (b"AC\r\nG\xe9T", "Line 2, column 2: the byte 0xe9 is not text in UTF-8. Save the file as plain text in UTF-8."),
    (b"\xff\xfeAC\x00", "is not text in UTF-16."),
    (b"\x89PNG\r\n\x1a\n\0\0", "This file is not text."),
])
def test_a_mistake_is_told_with_its_place(data, said):
    message = mistake(data)
    assert message.startswith(said) or (said[0] not in "RL" and said in message), message


@pytest.mark.parametrize("data", [
    "", b"", " \n\t\r\n ", "\ufeff", "\u00a0", b"\xff\xfe", "12 \n 34", "//", "ORIGIN", gzip.compress(b"", mtime=0),
])
def test_nothing_is_told_as_nothing(data):
    assert "There is no sequence here" in mistake(data)


def test_a_place_is_right_wherever_the_letter_stands():
    rng = random.Random(7)
    for _ in range(200):
        lines = ["".join(rng.choices("ACGTN ", k=rng.randint(0, 12))) for _ in range(rng.randint(1, 8))]
        row = rng.randrange(len(lines))
        column = rng.randint(0, len(lines[row]))
        lines[row] = lines[row][:column] + "X" + lines[row][column:]
        text = rng.choice(["\n", "\r\n", "\r"]).join([">x", *lines])
        assert f"line {row + 2}, column {column + 1}: 'X'" in mistake(text)

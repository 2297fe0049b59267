"""Reading text: limits, gz files, large and hostile input, and any input at all."""

import gzip
import random
import re
import time

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import Limits, SequenceRecord, parse_sequences

DEFAULT_LIMITS = Limits()
FASTA = ">one first\nACGT\nacgt\n>two\nTTTT\n"


def records(data, limits=DEFAULT_LIMITS):
    return parse_sequences(data, limits).records


def mistake(data, limits=DEFAULT_LIMITS):
    with pytest.raises(SeqVizError) as caught:
        parse_sequences(data, limits)
    return str(caught.value)


# limits

def test_limits_say_themselves():
    limits = Limits(records=2, length=4, bytes=40)
    assert len(records(">a\nACGT\n>b\nACGT\n", limits)) == 2
    assert mistake(">a\nA\n>b\nA\n>c\nA", limits) == "There are more than 2 records; at most 2 are read at once."
    assert mistake("\n>a\nA\n>b\nACGTA", limits) == "Record 2 'b', line 4: the sequence has 5 bases; at most 4 are read."
    assert mistake("ACGTA", limits) == "Record 1, line 1: the sequence has 5 bases; at most 4 are read."
    for data in ("\n" * 41, b"\n" * 41, gzip.compress(b"\n" * 41), "é" * 21, "é" * 21 + "\r"):
        assert mistake(data, limits) == "There are more than 40 bytes of text; at most 40 are read at once."


def test_limits_come_from_the_environment(monkeypatch):
    for name, value in {"RECORDS": "3", "LENGTH": "50", "BYTES": "600"}.items():
        monkeypatch.setenv(f"SEQVIZ_MAX_{name}", value)
    assert Limits.from_environment() == Limits(3, 50, 600)
    monkeypatch.delenv("SEQVIZ_MAX_LENGTH")
    assert Limits.from_environment() == Limits(3, 10_000, 600)
    monkeypatch.setenv("SEQVIZ_MAX_BYTES", "many")
    with pytest.raises(SeqVizError, match="SEQVIZ_MAX_BYTES is 'many'"):
        Limits.from_environment()


# gz

def test_a_gz_bomb_is_unpacked_no_further_than_the_limit():
    bomb = gzip.compress(b"A" * 100_000_000)
    start = time.perf_counter()
    assert "5,000,000 bytes" in mistake(bomb)
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("cut", [1, 3, 8, 12, -1, -9])
def test_a_cut_gz_file_is_told(cut):
    whole = gzip.compress(b">x\n" + b"ACGT" * 500)
    assert "gz file is cut off" in mistake(whole[:cut]) or not whole[:cut].startswith(b"\x1f\x8b")


def test_a_damaged_gz_file_is_told():
    whole = bytearray(gzip.compress(random.Random(0).randbytes(500)))
    for position in (3, 60, len(whole) - 6):
        damaged = bytes(whole[:position]) + bytes([whole[position] ^ 0xFF]) + bytes(whole[position + 1:])
        assert re.search("gz file is (damaged|cut off)", mistake(damaged))
    assert "damaged" in mistake(gzip.compress(b"ACGT") + b"more")
    assert "not text" in mistake(gzip.compress(gzip.compress(b"ACGT")))


# size and hostile shapes

LARGE = Limits(records=20_000, length=6_000_000)


@pytest.mark.parametrize("data", [
    "".join(f">r{i}\n" + "ACGTTGCA" * 60 + "\n" for i in range(10_000)),
    ("ACGTTGCAAC" * 6 + "\r\n") * 80_000,
    "".join(f"{i * 60 + 1:9d} " + "acgttgcaac " * 5 + "\n" for i in range(74_000)),
    "\n" * 4_900_000 + "ACGT",
    "ACR" * 1_600_000,
], ids=["fasta", "wrapped", "numbered", "blank lines", "iupac"])
def test_five_megabytes_take_well_under_a_second(data):
    start = time.perf_counter()
    assert parse_sequences(data, LARGE).records
    assert time.perf_counter() - start < 1.5  # 0.1 to 0.4 on an idle machine


@pytest.mark.parametrize("data", [
    "A" * 10_000_000, "1" * 4_900_000, "A 1 " * 1_200_000 + "X", ("1" + " " * 99) * 49_000 + "X", "A " + "1" * 4_900_000 + "x",
    ">\n" * 2_400_000, ">a\nA\n" * 900_000, "LOCUS x\n" * 600_000, "LOCUS x\nORIGIN\nA\n" + "//\nA\n" * 900_000,
    " " * 4_900_000 + "x", ">" + " x" * 2_400_000, "é" * 2_400_000, gzip.compress(b"", mtime=0) * 100_000,
], ids=range(13))
def test_hostile_shapes_fail_in_time(data):
    start = time.perf_counter()
    assert len(mistake(data)) < 200
    assert time.perf_counter() - start < 2


# any input at all

PIECES = [
    "A", "C", "G", "T", "N", "U", "R", "acgt",  # only these: a sequence
    "12 ", " ", "\t", "\n", "\n", "\r\n", "\r", "\n>", ">a\n", "//\n", "ORIGIN\n", "LOCUS x\n", "ID  y\n", "SQ\n",
    "X", "E", "7", ">", ";", "-", "*", "\ufeff", "\u00a0", "\u2028", "\x0b", "\x0c", "\x1c", "\x85", "\0", "é", "🧬", "\ud800",
    "<b>", "'", '"', "{}", "%s",
]


def check(data):
    try:
        parsed = parse_sequences(data)
    except SeqVizError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
        return 0
    assert parsed.records
    for record in parsed.records:
        assert re.fullmatch("[ACGTN]+", record.sequence)
        assert record.name and "\n" not in record.name
    assert all(notice.endswith(".") for notice in parsed.notices)
    return 1


def test_any_text_gives_records_or_a_sentence():
    rng = random.Random(11)
    read = sum(check("".join(rng.choices(PIECES[:rng.choice([8, 22, len(PIECES)])], k=rng.randint(0, 30)))) for _ in range(6000))
    assert 500 < read < 5500  # both ends of the road were taken


def test_any_bytes_give_records_or_a_sentence():
    rng = random.Random(12)
    packed = gzip.compress(FASTA.encode() * 20)
    for _ in range(3000):
        kind = rng.randrange(4)
        if kind == 0:
            data = rng.randbytes(rng.randint(0, 40))
        elif kind == 1:
            data = "".join(rng.choices(PIECES, k=20)).encode(rng.choice(["utf-8", "utf-16"]), "surrogatepass")
        else:
            data = bytearray(packed if kind == 2 else FASTA.encode())
            for _ in range(rng.randint(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            data = bytes(data[:rng.randint(1, len(data))])
        check(data)


def test_what_is_written_as_fasta_is_read_back():
    rng = random.Random(13)
    for _ in range(300):
        made = tuple(SequenceRecord(f"r{i} <{rng.randrange(99)}>", "".join(rng.choices("ACGTN", k=rng.randint(1, 90))))
                     for i in range(rng.randint(1, 6)))
        width, end = rng.randint(1, 70), rng.choice(["\n", "\r\n", "\r"])
        blocks = [[">" + r.name, *re.findall(f".{{1,{width}}}", r.sequence), *[""] * rng.randint(0, 2)] for r in made]
        text = end.join(line for block in blocks for line in block)
        data = rng.choice([text, text.lower().replace(">r", ">r"), text.encode(), gzip.compress(text.encode())])
        assert records(data) == made

"""Planted sites that survive a FASTA header, and come out as BED."""

import pytest

from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.export import (
    dataset_records,
    dataset_table,
    drawn_records,
    identified,
    reverse_complement_record,
    sites_from_header,
    sites_to_header,
    to_bed,
    to_csv,
    to_fasta,
    view_records,
)
from seqviz_core.sequences import Edit, SequenceRecord, decode, parse_labelled, parse_sequences
from seqviz_core.state import ViewState


def test_planted_sites_round_trip_through_a_header():
    data = DATASETS["motif_pair"].presets["default"].sample(6, seed=0)
    for row in range(6):
        sites = data.sites_of(row)
        assert sites_from_header("drawn " + sites_to_header(sites), data.codes.shape[1]) == sites
    assert sites_to_header([]) == "" and sites_from_header("chr7 enhancer", 100) == []


@pytest.mark.parametrize("header, sentence", [
    ("x sites=MA0035.5:0-6:+", "outside the sequence"), ("x sites=MA0035.5:95-101:+", "outside the sequence"),
    ("x sites=<b>", "cannot be read"), ("x sites=MA9999.1:3-9:+", "MA9999.1"), ("x sites=MA0035.5:9-3:+", "outside")])
def test_impossible_sites_are_told(header, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        sites_from_header(header, 100)


def test_fasta_reads_back():
    records = (SequenceRecord("a sites=MA0035.5:1-7:+", "ACGTACGT"), SequenceRecord("b", "NNAC"))
    assert parse_sequences(to_fasta(records)).records == records


def test_reverse_complement_turns_the_sites_and_twice_is_the_same():
    record = SequenceRecord("x sites=MA0035.5:2-8:+", "ACTAATCTGG")
    turned = reverse_complement_record(record)
    assert turned.sequence == "CCAGATTAGT" and turned.name == "x (reverse complement) sites=MA0035.5:3-9:-"
    assert reverse_complement_record(turned) == record
    plain = SequenceRecord("y", "AAC")
    assert reverse_complement_record(reverse_complement_record(plain)) == plain


def test_drawn_records_say_their_sites():
    task = DATASETS["in_class_danq"].presets["default"]
    data, records = task.sample(11, 3), drawn_records(task, 11, 3)
    for row, record in enumerate(records):
        assert sites_from_header(record.name, 100) == data.sites_of(row)
        assert record.name.startswith(task.classes[data.labels[row]]) and len(record.sequence) == 100


def test_given_sequences_are_not_said_to_be_drawn():
    records = drawn_records(DATASETS["uci_splice"].presets["default"], 3, 1)
    assert all("from Splice junctions" in r.name and "drawn with seed" not in r.name for r in records)


@pytest.mark.parametrize("name", ["motif_pair", "uci_promoters"])
def test_a_dataset_goes_out_and_comes_back_with_labels_and_sites(name):
    data = DATASETS[name].presets["default"].sample(20, 5)
    back = parse_labelled(to_fasta(dataset_records(data, name)))
    assert [r.sequence for r in back.records] == decode(data.codes)
    assert back.labels == tuple(data.classes[label] for label in data.labels)
    assert [sites_from_header(r.name, data.codes.shape[1]) for r in back.records] == [data.sites_of(row) for row in range(20)]
    table = dataset_table(data)
    assert table["sequence"] == decode(data.codes) and table["label"] == list(back.labels)
    again = parse_labelled(to_csv(table))
    assert (again.labels, [r.sequence for r in again.records]) == (back.labels, table["sequence"])


def test_bed_counts_from_zero_and_points_into_the_fasta():
    records = identified([SequenceRecord("one, two sites=MA0035.5:2-8:+,MA0139.2:10-12:-", "ACTAATCTGGAAAA"),
                          SequenceRecord("one, three", "ACGT")])
    assert to_bed(records) == "seq1\t1\t8\tGATA1\t0\t+\nseq1\t9\t12\tCTCF\t0\t-\n"
    assert [r.name.split()[0] for r in parse_sequences(to_fasta(records)).records] == ["seq1", "seq2"]
    assert to_bed([SequenceRecord("", "ACGT")]) == ""


def test_every_planted_site_of_a_drawn_data_set_is_in_its_bed():
    data = DATASETS["motif_pair"].presets["default"].sample(20, 5)
    records = dataset_records(data, "motif_pair")
    rows = [line.split("\t") for line in to_bed(records).splitlines()]
    planted = [(f"motif_pair_{row + 1}", str(s.start), str(s.end), s.motif.name, "0", s.strand)
               for row in range(20) for s in data.sites_of(row)]
    assert rows == [list(row) for row in planted] and planted


def test_a_bed_says_whose_sites_are_whose_or_refuses():
    twice = [SequenceRecord("a x", "ACGT"), SequenceRecord("a y", "ACGT")]
    with pytest.raises(SeqVizError, match="Two sequences are named 'a'"):
        to_bed(twice)
    assert identified(twice[:1]) == twice[:1]


def test_a_hostile_name_stays_on_its_line():
    assert to_fasta([SequenceRecord("a\n>b\tc", "ACGT")]) == ">a >b c\nACGT\n"


def test_the_sequences_of_a_view_carry_their_sites_to_where_an_edit_moved_them():
    view = ViewState(reference="ACTAATCTGG", name="x sites=MA0035.5:2-8:+,MA0139.2:9-10:-")
    assert view_records(view) == [SequenceRecord(view.name, view.reference)]
    edited = ViewState(view.reference, view.name, steps=(Edit(0, 0, "GG"), Edit(10, 2, "")))
    reference, after = view_records(edited)
    assert reference == SequenceRecord(f"reference {view.name}", "ACTAATCTGG")
    assert after == SequenceRecord("edited x sites=MA0035.5:4-10:+", "GGACTAATCT"), "the second site is deleted"
    assert to_bed([reference, after]).splitlines()[2] == "edited\t3\t10\tGATA1\t0\t+"


def test_a_name_with_a_wrong_statement_of_sites_is_left_as_it_is():
    records = view_records(ViewState("ACGT", "x sites=nonsense", steps=(Edit(0, 1, "C"),)))
    assert [r.name for r in records] == ["reference x sites=nonsense", "edited x sites=nonsense"]

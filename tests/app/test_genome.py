"""The Genome tool: the example at once, typed and uploaded lists, regions to Explore, and every kind of mistake."""

import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from seqviz_core.experiments import genomes
from seqviz_core.experiments.example_genome import example_genome, random_vcf
from seqviz_core.experiments.variant_windows import SAME_PLACES
from tests.app_pages import texts as escaped
from tests.small_genomes import fasta, letters

CONTIGS = {"chr1": letters(3000, 1), "chrM": letters(200, 2)}


def texts(at) -> str:
    """What a visitor reads, without the escapes of Markdown."""
    return escaped(at).replace("\\", "")


def opened(open_page, **asked):
    at = open_page("experiments", link={"v": "1", "tool": "genome", "asked": urlencode(asked)})
    assert not at.exception
    return at


def test_the_example_is_scored_at_once(open_page):
    at = opened(open_page)
    said = texts(at)
    assert "Which variants of this list matter?" in "\n".join(s.value for s in at.subheader)
    assert "of 45 variants change the logit of the CNN model by more than" in said
    assert "Of the 22 in planted sites it marks" in said and "The LSTM model marks" in said
    assert "; the Attention model marks" in said and "\u2212" in said.split("The largest change is")[1].split(".")[0]
    assert any(m.value.startswith("**19 of 45 variants") for m in at.markdown)
    assert "2 contigs, 10,000 bases: chrA 6,000, chrB 4,000." in said
    assert "Control: 200 random substitutions anywhere" in said
    assert len(at.dataframe) == 1 and len(at.dataframe[0].value) == 45
    assert {b.key for b in at.get("download_button")} >= {"genome_vcf", "genome_tsv"}


def test_empty_boxes_say_what_goes_in(open_page):
    at = opened(open_page, list="typed")
    assert "rs1 A G" in at.text_area(key="genome.vcf_text").placeholder
    assert at.text_area(key="genome.regions_text").placeholder == "chr7:5,530,601-5,530,800"


def test_one_class_and_another_null(open_page):
    at = opened(open_page, judge="class", null=SAME_PLACES)
    assert "with another base at the places of the list" in texts(at)
    assert set(at.dataframe[0].value["class0"]) == {"GATA2"}


def test_mistakes_of_a_typed_list_are_told_line_by_line_and_the_rest_is_scored(open_page):
    at = opened(open_page, list="typed")
    at.button(key="example_genome_With mistakes").click().run()
    assert not at.exception
    said = (texts(at) + str([list(t.value["What is wrong"]) for t in at.table])).replace("\\", "")
    for sentence in ("Line 2: REF is", "Line 3: position 9,001 lies outside chrA", "'12x' is not a whole number",
                     "names a kind of change", "has unknown bases", "has no contig"):
        assert sentence in said
    assert "1 variants on 1 lines" not in said and "1 variant on 1 line can be scored" in said
    assert len(at.dataframe[0].value) == 1
    assert at.text_area(key="genome.vcf_text").value.startswith("chrA 101 fine")


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"list": "typed", "vcf_text": "chrQ 1 . A G"}, "No line of this list can be scored"),
    ({"list": "typed", "vcf_text": "# nothing"}, "There is no variant in it"),
    ({"list": "file", "file": "0" * 20}, "This list of variants is not kept on this server"),
    ({"list": "file", "file": "../../x"}, "This list of variants is not kept on this server"),
    ({"genome": "listed:../../etc/passwd"}, "is not one of those that this server lists"),
    ({"genome": "upload:" + "0" * 20}, "This genome is not kept on this server"),
    ({"judge": "what"}, "is not one of any, class"),
])
def test_a_wrong_link_is_told_in_a_sentence(open_page, asked, sentence):
    at = opened(open_page, **asked)
    assert sentence in texts(at)


def test_from_an_unknown_genome_there_is_a_way_back(open_page):
    at = opened(open_page, genome="listed:gone.fa")
    at.button(key="genome_example").click().run()
    assert "of 45 variants" in texts(at)


def test_a_listed_genome_with_a_typed_list(open_page, tmp_path: Path, monkeypatch):
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "<b>toy*.fa").write_bytes(fasta(CONTIGS))
    monkeypatch.setenv("SEQVIZ_GENOMES", os.pathsep.join([str(tmp_path / "refs")]))
    base = CONTIGS["chr1"][499]
    line = f"1\t500\trs1\t{base}\t{'A' if base != 'A' else 'C'}"
    at = opened(open_page, genome="listed:refs/<b>toy*.fa", list="typed", vcf_text=line)
    assert "2 contigs, 3,200 bases" in texts(at) and "1 is called chr1 in this genome" in texts(at)
    assert len(at.dataframe[0].value) == 1 and "planted" not in at.dataframe[0].value
    assert [p.name for p in (tmp_path / "refs").iterdir()] == ["<b>toy*.fa"]


def test_a_long_list_waits_for_a_button_that_says_how_long(open_page):
    token = genomes.keep_list(random_vcf(3000).encode())
    at = opened(open_page, list="file", file=token)
    button = at.button(key="start_genome")
    assert "Score 3,000 variants in 3 models (about" in button.label and not at.dataframe


def test_an_uploaded_genome_is_chosen(open_page):
    key = genomes.keep_genome(fasta(CONTIGS), "mine.fa")
    at = opened(open_page, genome=key, list="typed")
    assert "2 contigs, 3,200 bases" in texts(at) and "Type or paste lines of VCF" in texts(at)


def test_regions_go_to_explore_with_their_planted_sites(open_page):
    at = opened(open_page, regions_text="chrA:251-350\nB:301-400(-)\nchrC:1-9")
    assert "2 regions: chrA:251-350, chrB:301-400(-)." in texts(at)
    assert "Line 3: The genome has no contig" in texts(at)
    at.button(key="regions_explore").click().run()
    state = at.session_state.view
    assert state.reference == example_genome().sequences["chrA"][250:350]
    assert "sites=" in state.name and len(at.session_state.records) == 2


def ticked(open_page):
    """The page with the variant ticked that changes the CNN most."""
    at = opened(open_page)
    key = "genome_table_" + at.dataframe[0].proto.id.rpartition("genome_table_")[2]
    at.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return at.run()


def test_a_ticked_variant_is_opened_in_explore_as_an_edit(open_page):
    at = ticked(open_page)
    at.button(key="genome_explore").click().run()
    assert not at.exception
    state = at.session_state.view
    (edit,) = state.steps
    assert len(state.reference) == 100 and edit.start == 50 and state.sequence != state.reference


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_ticked_variant_is_opened_in_variants(open_page, strand):
    at = ticked(open_page)
    at.session_state.view = replace(at.session_state.view, strand=strand)  # of the sequence that was on the screen before
    at.button(key="genome_variants").click().run()
    assert not at.exception
    state = at.session_state.view
    assert state.tool == "variants" and dict(state.asked)["text"].startswith("51") and not state.steps
    assert at.text_area(key="variants.text").value == dict(state.asked)["text"]
    assert not at.warning  # its reference is what stands there

"""Where genomes come from: made up, listed by the owner, uploaded; and that a visitor reaches no other file."""

import gzip
import os
from pathlib import Path

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments import genomes
from seqviz_core.experiments.example_genome import example_genome, random_vcf, site_at
from seqviz_core.genome import read_vcf
from tests.small_genomes import fasta, letters, pack

CONTIGS = {"chr1": letters(500, 1)}


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the owner lists, with a genome in it and a secret beside it; another listed one is not there."""
    home = tmp_path / "references"
    (home / "deep").mkdir(parents=True)
    (home / "toy.fa").write_bytes(fasta(CONTIGS))
    pack(home / "toy.fa.gz", fasta(CONTIGS))
    (home / "notes.txt").write_text("x")
    (home / "deep" / "in.fa").write_bytes(fasta(CONTIGS))
    (tmp_path / "secret.fa").write_bytes(b">secret\nACGT\n")
    (home / "link.fa").symlink_to(tmp_path / "secret.fa")
    (home / "inner.fa").symlink_to(home / "toy.fa")
    (home / "broken.fa").symlink_to(home / "gone.fa")
    (home / "folder.fa").mkdir()
    monkeypatch.setenv("SEQVIZ_GENOMES", os.pathsep.join([str(home), "", str(tmp_path / "not there")]))
    return home


def test_only_files_of_the_folder_itself_are_listed(listed):
    assert list(genomes.listed_genomes()) == ["references/inner.fa", "references/toy.fa", "references/toy.fa.gz"]


@pytest.mark.parametrize("name", ["references/toy.fa", "references/toy.fa.gz", "references/inner.fa"])
def test_a_listed_genome_is_opened_and_its_folder_left_as_it_was(listed, name, own_runs):
    before = sorted(p.name for p in listed.iterdir())
    assert genomes.open_genome(f"listed:{name}").fetch("chr1", 3, 200) == CONTIGS["chr1"][3:200]
    assert sorted(p.name for p in listed.iterdir()) == before
    assert list((own_runs / ".genomes" / "indexes").iterdir())


@pytest.mark.parametrize("key", [
    "listed:../secret.fa", "listed:references/link.fa", "listed:references/../secret.fa", "listed:references/deep/in.fa",
    "listed:references/notes.txt", "listed:/etc/passwd", "/etc/passwd", "listed:", "", "upload:../../secret.fa", "upload:",
    "upload:" + "0" * 20, "upload:" + "g" * 20, "example/../../x", "listed:references/broken.fa", "listed:references/folder.fa",
    "listed:references/\0", "../example",
])
def test_nothing_else_can_be_named(listed, key):
    with pytest.raises(SeqVizError) as error:
        genomes.open_genome(key)
    assert "secret" not in str(error.value).replace(key, "").replace(key.removeprefix("listed:"), "")


def test_without_the_setting_nothing_is_listed(monkeypatch):
    monkeypatch.delenv("SEQVIZ_GENOMES", raising=False)
    assert genomes.listed_genomes() == {}


@pytest.mark.parametrize("packed", [False, True])
def test_an_upload_is_kept_under_its_content(tmp_path, packed):
    data = pack(tmp_path / "x.gz", fasta(CONTIGS)).read_bytes() if packed else fasta(CONTIGS)
    key = genomes.keep_genome(data, "../../my <b>genome</b>.fa")
    assert genomes.keep_genome(data, "other name") == key
    assert genomes.open_genome(key).fetch("chr1", 3, 200) == CONTIGS["chr1"][3:200]
    assert genomes.label_of(key) == "../../my <b>genome</b>.fa"  # a label, never a path
    genomes._opened.cache_clear()
    assert genomes.open_genome(key).contigs == {"chr1": 500}


@pytest.mark.parametrize(("data", "sentence"), [
    (gzip.compress(fasta(CONTIGS)), "'mine.fa.gz': This is an ordinary gzip file.*bgzip"), (b"", "no sequence"),
    (b"\x89PNG\0", "not text"), (b">a\nMEEPQSDPSVEPPLSQETFSDLWKLLPENNVLSPLPS", "no bases"),
    (b"PK\x03\x04\xff", "not text|begins"),
])
def test_an_upload_that_is_no_genome_is_told_and_not_kept(data, sentence, own_runs):
    with pytest.raises(SeqVizError, match=sentence):
        genomes.keep_genome(data, "mine.fa.gz")
    assert list((own_runs / ".genomes" / "uploads").iterdir()) == []


def test_an_upload_that_is_too_large(monkeypatch, tmp_path):
    monkeypatch.setattr(genomes, "LARGEST", 100)
    with pytest.raises(SeqVizError, match="at most 100 are taken. The server's owner can list larger genomes in SEQVIZ_GENOMES"):
        genomes.keep_genome(fasta(CONTIGS), "x.fa")
    monkeypatch.setattr(genomes, "MOST_UNPACKED", 100)
    monkeypatch.setattr(genomes, "LARGEST", 10_000)
    with pytest.raises(SeqVizError, match="unpacks to 515 bytes; at most 100"):
        genomes.keep_genome(pack(tmp_path / "x.gz", fasta(CONTIGS)).read_bytes(), "x.fa")


@pytest.mark.parametrize("packed", [False, True])
def test_an_upload_of_too_many_contigs_is_refused_before_it_is_indexed(monkeypatch, tmp_path, own_runs, packed):
    monkeypatch.setattr(genomes, "MOST_CONTIGS", 3)
    monkeypatch.setattr("seqviz_core.genome.fasta._indexed", lambda *asked: pytest.fail("it was indexed"))
    many = fasta({f"c{i}": "ACGT" * 300_000 for i in range(2)} | {"c>2": "A", "c3": "C"})  # over several pieces
    data = pack(tmp_path / "x.gz", many).read_bytes() if packed else many
    with pytest.raises(SeqVizError, match="'x.fa': it has 4 contigs; at most 3 are read"):
        genomes.keep_genome(data, "x.fa")
    assert list((own_runs / ".genomes" / "uploads").iterdir()) == []


@pytest.mark.parametrize("packed", [False, True])
def test_an_upload_is_indexed_once_and_its_index_lies_with_it(tmp_path, own_runs, packed):
    data = pack(tmp_path / "x.gz", fasta(CONTIGS)).read_bytes() if packed else fasta(CONTIGS)
    path = genomes.path_of(genomes.keep_genome(data, "x.fa"))
    assert {file.name for file in path.parent.iterdir()} == {"name.txt", path.name, f"{path.name}.fai",
                                                             *([f"{path.name}.gzi"] if packed else [])}
    assert not genomes.is_slow(genomes.UPLOADED + path.parent.name) and not (own_runs / ".genomes" / "indexes").exists()
    assert genomes.open_genome(genomes.UPLOADED + path.parent.name).fetch("chr1", 3, 200) == CONTIGS["chr1"][3:200]
    assert not (own_runs / ".genomes" / "indexes").exists()


def test_uploads_that_nobody_opened_longest_make_room(monkeypatch, own_runs):
    monkeypatch.setenv("SEQVIZ_SAVED_MB", "1")
    keys = []
    for i in range(4):
        keys.append(genomes.keep_genome(fasta({f"chr{i}": "ACGT" * 100_000}), f"{i}.fa"))
        os.utime(own_runs / ".genomes" / "uploads" / keys[-1].removeprefix("upload:"), (1000 + i, 1000 + i))
    with pytest.raises(SeqVizError, match="not kept on this server any more"):
        genomes.open_genome(keys[0])
    assert genomes.open_genome(keys[3]).contigs == {"chr3": 400_000}


def test_lists_are_kept_under_their_content():
    token = genomes.keep_list(b"chr1 1 . A G")
    assert genomes.kept_list(token) == b"chr1 1 . A G"
    for wrong in ("", "0" * 20, "../secret", token[:-1]):
        with pytest.raises(SeqVizError, match="not kept on this server"):
            genomes.kept_list(wrong)


def test_the_example_is_the_same_everywhere_and_its_sites_are_where_they_are_said_to_be():
    genome, made = genomes.open_genome(genomes.EXAMPLE), example_genome()
    assert genome.contigs == {"chrA": 6000, "chrB": 4000}
    found = [site for sites in made.sites.values() for site in sites]
    names = [s.motif.name for s in found]
    assert len(names) == 20 and {names.count(name) for name in names} == {2}
    for name, sites in made.sites.items():
        for site in sites:
            ppm, codes = site.motif.ppm(), ["ACGT".index(b) for b in genome.fetch(name, site.start, site.end)]
            assert all(ppm[c, i] > 0 for i, c in enumerate(codes))
            assert site_at(name, site.end - 1, site.end) == site.motif.name and site_at(name, site.end, site.end + 1) == ""


def test_the_examples_list_is_read_whole_and_says_where_each_variant_lies():
    vcf = read_vcf(example_genome().vcf, genomes.open_genome(genomes.EXAMPLE))
    assert vcf.problems == () and vcf.notices == () and len(vcf.variants) == 45
    for v in vcf.variants:
        planted = site_at(v.contig, v.start, v.start + len(v.ref))
        assert (f"in_{planted}" in v.name) if planted else v.name in ("between", "three_alternatives")


def test_random_lists_are_sorted_and_right():
    vcf = read_vcf(random_vcf(500, seed=3), genomes.open_genome(genomes.EXAMPLE))
    assert len(vcf.variants) == 500 and vcf.problems == () and vcf.notices == ()

"""A whole list as a piece of work: plain and packed genomes alike, its files read again by others, its sentence true."""

import csv
import io
import json
import time

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments import genomes, variant_job
from seqviz_core.experiments.example_genome import example_genome, random_vcf
from seqviz_core.experiments.variant_job import conclude, read_result, score_list, to_json
from seqviz_core.training.work import Cancelled, WorkSpec, work_here
from tests.app_pages import quick_run
from tests.small_genomes import fasta, pack

SILENT = lambda share, message: None
MODULE = "seqviz_core.experiments.variant_job"


def asked(vcf: str | bytes, genome: str = genomes.EXAMPLE, runs=("cnn",), **more) -> dict:
    token = genomes.keep_list(vcf.encode() if isinstance(vcf, str) else vcf)
    names = [run[:9] for run in runs]
    return {"genome": genome, "list": token, "runs": list(runs), "names": names, "class": "", "null": "anywhere", **more}


@pytest.fixture
def result():
    return read_result(score_list(asked(example_genome().vcf, runs=("cnn", "lstm")), SILENT)["effects.json"])


def test_ten_thousand_lines_against_a_plain_and_a_packed_genome(tmp_path):
    """The same files from both, in seconds."""
    run, text = quick_run("cnn", {"filters": 4}), random_vcf(10_000)
    plain = fasta(example_genome().sequences)
    keys = [genomes.keep_genome(plain, "x.fa"), genomes.keep_genome(pack(tmp_path / "x.gz", plain).read_bytes(), "x.fa.gz")]
    found, took = [], []
    for key in keys:
        began = time.process_time()
        found.append(score_list(asked(text, key, [run]), SILENT))
        took.append(time.process_time() - began)
    assert found[0]["out.vcf"] == found[1]["out.vcf"] and found[0]["out.tsv"] == found[1]["out.tsv"]
    assert found[0]["out.vcf"].count("\n") == 10_000 + 9 and found[0]["out.tsv"].count("\n") == 10_001
    assert max(took) < 20
    changes = read_result(found[0]["effects.json"]).models[0].change
    assert np.isfinite(changes).all() and len(np.unique(changes)) > 1000


def test_the_files_agree_with_each_other(result):
    files = score_list(asked(example_genome().vcf, runs=("cnn", "lstm")), SILENT)
    rows = list(csv.DictReader(io.StringIO(files["out.tsv"]), delimiter="\t"))
    assert len(rows) == len(result.variants) == 45
    lines = [line.split("\t") for line in files["out.vcf"].splitlines() if line[0] != "#"]
    written = {(line[0], int(line[1]), alt): dict(e.split("=") for e in line[7].split(";")) | {"place": i}
               for line in lines for i, alt in enumerate(line[4].split(","))}
    assert len(written) == 45
    for k, row in enumerate(rows):
        info = written[row["contig"], int(row["position"]), row["alt"]]
        for model in result.models:
            change = float(info[f"SEQVIZ_{model.name}_DELTA"].split(",")[info["place"]])
            assert change == pytest.approx(model.change[k], rel=1e-3)
            assert float(row[f"{model.name} change"]) == pytest.approx(model.change[k], rel=1e-3)
            ref, alt = (float(info[f"SEQVIZ_{model.name}_{w}"].split(",")[info["place"]]) for w in ("REF", "ALT"))
            assert alt - ref == pytest.approx(change, abs=0.01)
            assert row[f"{model.name} class"] == info[f"SEQVIZ_{model.name}_CLASS"].split(",")[info["place"]]


def test_models_tell_planted_sites_from_the_rest(result):
    """Planted truth: the shipped models mark substitutions of the most telling base of planted sites, and hardly any other."""
    inside = np.array([bool(p) for p in result.planted])
    for model in result.models:
        assert model.above[inside].mean() > 0.7 and model.above[~inside].mean() < 0.2
        for k in np.flatnonzero(model.above & inside):
            assert model.classes[model.target[k]] in (result.planted[k], "none") or model.change[k] > 0


def test_what_is_written_is_read_again(result):
    again = read_result(to_json(result))
    assert again.variants == result.variants and again.problems == result.problems and again.runs == ("cnn", "lstm")
    for one, other in zip(result.models, again.models):
        np.testing.assert_allclose(one.change, other.change, atol=1e-5)
        assert one.threshold == pytest.approx(other.threshold, abs=1e-5)


def test_one_class_judges_all_where_it_is_named():
    files = score_list(asked(example_genome().vcf, runs=("cnn",), **{"class": "REST"}), SILENT)
    model = read_result(files["effects.json"]).models[0]
    assert {model.classes[c] for c in model.target} == {"REST"}
    assert "class REST" in files["out.vcf"]


def test_a_model_without_the_class_is_left_out_with_the_reason():
    run = quick_run("cnn", {"filters": 4})
    found = read_result(score_list(asked(example_genome().vcf, runs=("cnn", run), **{"class": "REST"}), SILENT)["effects.json"])
    assert [m.name for m in found.models] == ["cnn"] and "does not know the class 'REST'" in found.left_out[0]
    with pytest.raises(SeqVizError, match="does not know the class 'nothing'"):
        score_list(asked(example_genome().vcf, **{"class": "nothing"}), SILENT)


def test_the_sentence_says_what_the_numbers_are(result):
    model, text = result.models[0], conclude(result, result.models[0])
    inside = np.array([bool(p) for p in result.planted])
    best = result.variants[np.abs(model.change).argmax()]
    assert text.startswith(f"{model.above.sum()} of 45 variants change the logit of cnn by more than {model.threshold:.2g}")
    assert f"The largest change is {best} (" in text
    assert f"Of the 22 in planted sites it marks {(model.above & inside).sum()}, of the 23 outside 0" in text


def test_the_sentence_of_a_single_variant():
    lines = example_genome().vcf.splitlines()
    head = [line for line in lines if line[0] == "#"]
    for name, words in (("in_TP53", "by more than"), ("between", "by no more than")):
        one = next(line for line in lines if f"\t{name}\t" in line)
        found = read_result(score_list(asked("\n".join([*head, one])), SILENT)["effects.json"])
        assert words in conclude(found, found.models[0], "the CNN model") and " of 1 " not in conclude(found, found.models[0])


def test_bad_lines_are_told_and_the_rest_is_scored():
    good = [line for line in example_genome().vcf.splitlines() if line[0] != "#"][:3]
    wrong = good[0].split("\t")
    bad = ["chrZ\t1\t.\tA\tG", "chrA\t99999\t.\tA\tG", "chrA\tx\t.\tA\tG", "\t".join([*wrong[:3], "ACGTACGTAC", *wrong[4:]])]
    files = score_list(asked("\n".join([*bad, *good])), SILENT)
    found = read_result(files["effects.json"])
    assert len(found.problems) == 4 and {v.line for v in found.variants} == {5, 6, 7}
    assert sum(line[0] != "#" for line in files["out.vcf"].splitlines()) == 6  # all but the one without a position


@pytest.mark.parametrize(("text", "sentence"), [("chrZ 1 . A G", "Nothing in this list can be scored. Line 1: the genome has no"),
                                                ("", "no variant")])
def test_a_list_without_any_variant_is_told(text, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        score_list(asked(text), SILENT)


def test_formulas_of_a_spreadsheet_are_defused():
    first = next(line for line in example_genome().vcf.splitlines() if line[0] != "#").split("\t")
    first[2] = "=HYPERLINK(1)"
    row = score_list(asked("\t".join(first)), SILENT)["out.tsv"].splitlines()[1]
    assert "\t'=HYPERLINK(1)\t" in row


def test_it_can_be_cancelled_and_says_how_far_it_is():
    told = []

    def tell(share, message):
        told.append((share, message))
        if share > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        score_list(asked(random_vcf(3000), runs=("cnn", "cnn")), tell)
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and len(shares) > 5 and "reads the windows" in told[-1][1]


def test_it_is_a_piece_of_work_that_keeps_its_files(own_runs):
    spec = WorkSpec(MODULE, "score_list", asked(example_genome().vcf))
    assert work_here(spec).state == "done"
    kept = own_runs / ".work" / spec.id
    assert {path.name for path in kept.iterdir()} >= {variant_job.VCF_FILE, variant_job.TSV_FILE, variant_job.EFFECTS_FILE}
    assert json.loads((kept / "effects.json").read_text())["runs"] == ["cnn"]

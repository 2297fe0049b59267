"""A list of variants through several models, as a piece of work: a VCF with declared INFO, a table, and all numbers as JSON.

    files = score_list({"genome": "example", "list": token, "runs": ["cnn", "lstm"], "class": "", "null": "anywhere"}, tell)
    result = read_result(files["effects.json"])
    conclude(result, result.models[0])
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .. import __version__
from ..errors import SeqVizError
from ..genome import Genome, GenomeVariant, InfoField, Problem, Vcf, info_key, read_vcf, write_vcf
from ..training import Run, find_run
from ..training.work import Args, Files, Tell
from .example_genome import site_at
from .genomes import EXAMPLE, kept_list, label_of, open_genome
from .variant_scores import QUANTILE, ScoredVariants, score_variants
from .variant_windows import ANYWHERE, null_variants

VCF_FILE, TSV_FILE, EFFECTS_FILE = "out.vcf", "out.tsv", "effects.json"
_ARRAYS = ("target", "reference", "alternative", "reference_p", "alternative_p", "unknown", "null")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, eq=False)
class ListResult:
    """V variants with what each model says of them; runs : the models' ids.

    planted : (V) the motif in whose planted site each lies, "" outside one.
    genome : as it is called. null : where the random substitutions lie. problems : what could not be scored; left_out : models
    that could not, each with the reason. planted is empty where nobody knows the genome's true sites.
    """

    genome: str
    null: str
    variants: tuple[GenomeVariant, ...]
    models: tuple[ScoredVariants, ...]
    runs: tuple[str, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    planted: tuple[str, ...]
    left_out: tuple[str, ...]


def score_list(args: Args, tell: Tell) -> Files:
    """Return out.vcf, out.tsv and effects.json of a kept list and a genome.

    args : genome (a key of `genomes`), list (a token), runs (ids), names (of the models; optional), class (a name, "": of each
    variant the one that changes most), null (ANYWHERE or SAME_PLACES). Raises SeqVizError where nothing can be scored.
    """
    tell(0.0, "Opening the genome")
    genome = open_genome(args["genome"])
    tell(0.01, "Reading the variants")
    vcf = read_vcf(kept_list(args["list"]), genome)
    runs = [find_run(run) for run in args["runs"]]
    result = score_runs(runs, args.get("names") or _names(runs), genome, vcf, args["class"], args["null"], tell,
                        label_of(args["genome"]), args["genome"] == EXAMPLE)
    return {VCF_FILE: to_vcf(result, vcf, genome), TSV_FILE: to_tsv(result), EFFECTS_FILE: to_json(result)}


def score_runs(runs: Sequence[Run], names: Sequence[str], genome: Genome, vcf: Vcf, class_name: str = "", null: str = ANYWHERE,
               tell: Tell = lambda share, message: None, genome_name: str = "", sites_known: bool = False) -> ListResult:
    """Return what trained runs say of a VCF's variants; those that cannot read its windows are left out with the reason."""
    if not vcf.variants:
        first = vcf.problems[0].sentence if vcf.problems else ""
        raise SeqVizError(f"Nothing in this list can be scored. {first}")
    control = null_variants(genome, vcf.variants, null)
    models, done_by, left_out = [], [], []
    for k, (run, name) in enumerate(zip(runs, names)):
        try:
            models.append(_scored(run, name, genome, vcf.variants, control, class_name,
                                  lambda done, k=k, name=name: tell((k + done) / len(runs), f"{name} reads the windows")))
            done_by.append(run.id)
        except SeqVizError as error:
            left_out.append(f"{name} is left out. {error}")
    if not models:
        raise SeqVizError(" ".join(left_out))
    planted = [site_at(v.contig, v.start, v.start + len(v.ref)) for v in vcf.variants] if sites_known else []
    return ListResult(genome_name or genome.name, null, vcf.variants, tuple(models), tuple(done_by), vcf.problems, vcf.notices,
                      tuple(planted), tuple(left_out))


def _scored(run: Run, name: str, genome: Genome, variants: Sequence[GenomeVariant], control: Sequence[GenomeVariant],
            class_name: str, tell: Callable[[float], None]) -> ScoredVariants:
    task, total = run.spec.make_task(), len(variants) + len(control)
    target = task.classes.index(class_name) if class_name in task.classes else None
    if class_name and target is None:
        raise SeqVizError(f"It does not know the class {class_name!r}.")
    return score_variants(run.load_model(), genome, variants, task.length, name=name, architecture=run.spec.architecture,
                          classes=task.classes, task=task, target=target, null=control, tell=lambda done: tell(done / total))


def _names(runs: Sequence[Run]) -> list[str]:
    kinds = [run.spec.architecture for run in runs]
    return [kind if kinds.count(kind) == 1 else f"{kind} {run.id[:6]}" for kind, run in zip(kinds, runs)]


def conclude(result: ListResult, model: ScoredVariants, who: str = "") -> str:
    """Return how many variants change this model's answer more than random substitutions do, and which one most.

    who : how a sentence calls the model, "the CNN model"; its name where it is empty.
    """
    n, hits, who = model.scored, int(model.above.sum()), who or model.name
    if not n:
        return f"None of the variants fits into a window of {model.length:,} bases."
    if not len(model.null):
        return f"{n:,} variants are scored, but no random substitution of a known base could be drawn to hold them against."
    best = int(np.nanargmax(np.abs(model.change)))
    change = f"{model.classes[model.target[best]]} {model.change[best]:+.2f}".replace(" -", " \u2212")
    limit = f"{model.threshold:.2g}, as 1 in 20 of {len(model.null):,} random substitutions do"
    if n == 1:
        return (f"{result.variants[best]} changes the logit of {who} ({change}) by {'more' if hits else 'no more'} than {limit}.")
    expected = f"; so would {(1 - QUANTILE) * n:,.0f} of {n:,} random ones" if n >= 20 else ""
    text = (f"{hits:,} of {n:,} variants change the logit of {who} by more than {limit}{expected}. The largest change is "
            f"{result.variants[best]} ({change}).")
    inside = np.array([bool(p) for p in result.planted], dtype=bool)
    if inside.any():
        text += f" Of the {inside.sum():,} in planted sites it marks {(model.above & inside).sum():,}"
        text += "." if inside.all() else f", of the {(~inside).sum():,} outside {(model.above & ~inside).sum():,}."
    return text


def to_vcf(result: ListResult, vcf: Vcf, genome: Genome) -> str:
    """Return the list with each model's logits, change and class in INFO."""
    fields = []
    runs = [find_run(run) for run in result.runs]
    for model, short, run in zip(result.models, _names(runs), runs):
        one = len(set(model.target.tolist())) == 1 and len(result.variants) > 1
        what = f"class {model.classes[model.target[0]]}" if one else f"the class named in {info_key(short, 'CLASS')}"
        of = f"logit of {what}; {model.name}, run {run.id}, task {run.spec.task}, window {model.length} bases"
        for key, words, values in (("REF", f"Reference {of}", model.reference), ("ALT", f"Alternative {of}", model.alternative),
                                   ("DELTA", f"Alternative minus reference {of}", model.change)):
            fields.append(InfoField(info_key(short, key), "Float", words, _by_allele(result, values.tolist())))
        names = [model.classes[c] for c in model.target]
        fields.append(InfoField(info_key(short, "CLASS"), "String", f"Class that judges the allele; {model.name}, run {run.id}",
                                _by_allele(result, names)))
    return write_vcf(vcf, genome, fields, f"SeqViz {__version__}")


def _by_allele(result: ListResult, values: Sequence[float | str]) -> dict[tuple[int, int], float | str]:
    return {(v.line, v.allele): value for v, value in zip(result.variants, values)}


def to_tsv(result: ListResult) -> str:
    """Return a row for each variant: where it is, and of each model class, logits, change, probabilities, rank."""
    columns = table(result)
    lines = ["\t".join(columns)]
    lines += ["\t".join(map(_cell, row)) for row in zip(*columns.values())]
    return "\n".join(lines) + "\n"


def table(result: ListResult) -> dict[str, list]:
    """Return the columns of a table of the variants."""
    v = result.variants
    columns = {"line": [x.line for x in v], "contig": [x.contig for x in v], "position": [x.start + 1 for x in v],
               "id": [x.name for x in v], "ref": [x.ref for x in v], "alt": [x.alt for x in v]}
    if result.planted:
        columns["planted_site"] = list(result.planted)
    for m in result.models:
        columns |= {f"{m.name} class": [m.classes[c] for c in m.target], f"{m.name} change": m.change.tolist(),
                    f"{m.name} logit ref": m.reference.tolist(), f"{m.name} logit alt": m.alternative.tolist(),
                    f"{m.name} P ref": m.reference_p.tolist(), f"{m.name} P alt": m.alternative_p.tolist(),
                    f"{m.name} rank": m.rank.tolist(), f"{m.name} above null": ["yes" if a else "no" for a in m.above]}
    return columns | {"unknown_bases": np.max([m.unknown for m in result.models], axis=0).tolist()}


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.5g}"
    text = str(value).replace("\t", " ")
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def to_json(result: ListResult) -> str:
    """Return everything as JSON; `read_result` reads it."""
    plain = lambda a: [None if x != x else round(x, 6) if isinstance(x, float) else x for x in np.asarray(a).tolist()]
    models = [{"name": m.name, "architecture": m.architecture, "classes": m.classes, "length": m.length,
               **{name: plain(getattr(m, name)) for name in _ARRAYS}} for m in result.models]
    return json.dumps({"genome": result.genome, "null": result.null, "variants": result.variants, "models": models,
                       "runs": result.runs, "problems": result.problems, "notices": result.notices, "planted": result.planted,
                       "left_out": result.left_out})


def read_result(text: str | bytes) -> ListResult:
    """Return what `to_json` wrote."""
    d = json.loads(text)
    array = lambda name, values: np.array(values, dtype=int if name in ("target", "unknown") else float)
    models = [ScoredVariants(m["name"], m["architecture"], tuple(m["classes"]), m["length"],
                             **{name: array(name, m[name]) for name in _ARRAYS}) for m in d["models"]]
    return ListResult(d["genome"], d["null"], tuple(GenomeVariant(*v) for v in d["variants"]), tuple(models), tuple(d["runs"]),
                      tuple(Problem(*p) for p in d["problems"]), tuple(d["notices"]), tuple(d["planted"]), tuple(d["left_out"]))

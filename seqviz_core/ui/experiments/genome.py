"""Genome: which variants of a list change a model's answer, in windows cut from an indexed FASTA."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ...errors import SeqVizError
from ...experiments.example_genome import example_genome, random_vcf
from ...experiments.genomes import EXAMPLE, LARGEST, keep_list, kept_list, stamp_of
from ...experiments.variant_job import EFFECTS_FILE, ListResult, read_result
from ...experiments.variant_windows import ANYWHERE, FEWEST_NULL, MOST_NULL, SAME_PLACES
from ...genome import Genome, Vcf, read_vcf
from ...settings import setting
from ...training.work import WorkSpec
from ..batch_table import unique
from ..components import literal, table
from ..tool import EXPERIMENTS, Asked, tool
from ..work import worked
from ..workbench import View, model_name
from .genome_choice import contigs_text, genome_row, the_genome
from .genome_shown import show
from .pace import INLINE, seconds_per_row

LISTS = {"example": "example list", "typed": "typed", "file": "VCF file"}
NULLS = {ANYWHERE: "anywhere", SAME_PLACES: "at the same places"}
PER_VARIANT = 2e-4  # seconds that reading, cutting and writing take, beside the models
PROBLEMS = 12  # shown; the rest is counted


@dataclass(frozen=True)
class GenomeSettings:
    genome: str = setting(EXAMPLE, "Genome")
    regions_text: str = setting("", "Regions or BED lines")
    list: str = setting("example", "Variants", choices=tuple(LISTS))
    vcf_text: str = setting("", "Variants, a line each: contig, position, ID, REF, ALT")
    file: str = setting("", "File")
    judge: str = setting("any", "Judged by", choices=("any", "class"),
                         help="Of each variant the class that it changes most, or one class for all")
    null: str = setting(ANYWHERE, "Random substitutions", choices=tuple(NULLS),
                        help="What the list is held against: as many random substitutions, anywhere on its contigs, or "
                             "with another base at its own places")


@tool(EXPERIMENTS, "genome", label="Genome", question="Which variants of this list matter?", settings=GenomeSettings, order=20,
      shows="A region goes to Explore; a list of variants goes through every model, beside as many random substitutions.")
def genome(view: View, asked: Asked) -> None:
    """Show the genome and the list that are chosen, what of the list can be scored, and what the models say of it."""
    genome_row(asked)
    opened = the_genome(asked)
    if opened is None:
        return
    st.caption(literal(contigs_text(opened)))
    token = _list(asked, view.class_name)
    settings = asked.checked()
    if not token:
        return
    stamp = stamp_of(settings.genome)
    vcf = _read(stamp, token, opened)
    _told(vcf)
    if not vcf.variants:
        raise SeqVizError("No line of this list can be scored; the reasons stand above.")
    files = _scored(view, settings, {"list": token, "stamp": stamp}, vcf)
    if files:
        show(view, _result(files.key, files.read), files.read, files.key, opened, settings.genome)


def _list(asked: Asked, class_name: str) -> str:
    """Show the choice of the list; return the token that it is kept under, "" while there is none."""
    made = asked.value("genome") == EXAMPLE
    options = tuple(name for name in LISTS if made or name != "example")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="genome_list"):
        asked.widget("list", options=options, format_func=LISTS.get)
        asked.widget("judge", format_func={"any": "any class", "class": class_name}.get)
        asked.widget("null", format_func=NULLS.get)
    chosen = asked.value("list") if asked.value("list") in options else options[0]
    return {"example": lambda: keep_list(example_genome().vcf.encode()), "typed": lambda: _typed(asked, made),
            "file": lambda: _file(asked, made)}[chosen]()


def _typed(asked: Asked, made: bool) -> str:
    asked.widget("vcf_text", placeholder="chr7 5530601 rs1 A G\nchr7 5530644 rs2 CT C")
    if made:
        asked.examples({"Three in a TP53 site": {"vcf_text": _near_site()}, "With mistakes": {"vcf_text": _mistakes()}})
    text = asked.checked().vcf_text
    if not text.strip():
        st.caption("Type or paste lines of VCF, between tabs or spaces; a header is not needed. REF is compared with the genome.")
    return keep_list(text.encode()) if text.strip() else ""


def _near_site() -> str:
    """Return three substitutions of one planted site, of which the last hardly matters."""
    made = example_genome()
    contig, site = next((c, s) for c, sites in made.sites.items() for s in sites if s.motif.name == "TP53")
    letters = made.sequences[contig]
    other = {"A": "C", "C": "A", "G": "T", "T": "G"}
    return "".join(f"{contig} {at + 1} TP53_{at - site.start + 1} {letters[at]} {other[letters[at]]}\n"
                   for at in (site.start + 3, site.start + 6, site.end - 1))


def _mistakes() -> str:
    """Return a good line, and one of each mistake that lists come with."""
    letters = example_genome().sequences["chrA"]
    other = {"A": "C", "C": "A", "G": "T", "T": "G"}
    lines = [(101, "fine", letters[100], other[letters[100]]), (102, "wrong_ref", other[letters[101]], letters[101]),
             (9001, "outside", "A", "G"), ("12x", "no_number", "A", "G"), (103, "symbolic", letters[102], "<DEL>"),
             (104, "unknown_base", letters[103], "N")]
    return "".join(f"chrA {at} {name} {ref} {alt}\n" for at, name, ref, alt in lines) + "chrZ 5 unknown_contig A G\n"


def _file(asked: Asked, made: bool) -> str:
    st.file_uploader("VCF, also packed by gzip or bgzip", key="vcf_file", max_upload_size=LARGEST // 1_000_000, on_change=_take,
                     args=(asked,))
    if error := st.session_state.get("vcf_error"):
        st.error(literal(error))
    if made:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("Examples", width="content")
            st.button("2,000 random substitutions", key="genome_random", on_click=_take_random, args=(asked,))
    token = asked.value("file")
    if not token:
        st.caption("The first five columns are read. The list stays on this server under a name made from its content.")
        return ""
    kept_list(token)
    name = st.session_state.get("vcf_name", {}).get(token, "the list of the link")
    st.caption(literal(f"In use: {name}"))
    return token


def _take(asked: Asked) -> None:
    file = st.session_state.vcf_file
    st.session_state.vcf_error = None
    if file is None:
        return
    try:
        token = keep_list(file.getvalue())
    except SeqVizError as error:
        st.session_state.vcf_error = str(error)
        return
    st.session_state.setdefault("vcf_name", {})[token] = file.name
    asked.set(file=token, list="file")


def _take_random(asked: Asked) -> None:
    token = keep_list(random_vcf(2000).encode())
    st.session_state.setdefault("vcf_name", {})[token] = "2,000 random substitutions of the example genome"
    asked.set(file=token, list="file")


@st.cache_resource(max_entries=8, show_spinner="Reading the variants")
def _read(stamp: str, token: str, _genome: Genome) -> Vcf:
    return read_vcf(kept_list(token), _genome)


def _told(vcf: Vcf) -> None:
    """Say what was read and what cannot be scored, line by line."""
    n, lines = len(vcf.variants), len({v.line for v in vcf.variants})
    readable = f"{n:,} variant{'s' * (n != 1)} on {lines:,} line{'s' * (lines != 1)} can be scored."
    st.caption(literal(" ".join([readable, *vcf.notices])))
    if not vcf.problems:
        return
    kinds = {}
    for problem in vcf.problems:
        kinds[problem.kind] = kinds.get(problem.kind, 0) + 1
    counted = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(kinds.items(), key=lambda item: -item[1]))
    with st.expander(literal(f"{len(vcf.problems):,} cannot be scored: {counted}"), expanded=len(vcf.problems) <= PROBLEMS):
        table("genome_problems", {"What is wrong": [p.sentence for p in vcf.problems[:PROBLEMS]]})
        if len(vcf.problems) > PROBLEMS:
            st.caption(f"And {len(vcf.problems) - PROBLEMS:,} more.")


@dataclass(frozen=True)
class _Files:
    """key : tells one result from the next. read : a file of it by name."""

    key: str
    read: Callable[[str], bytes]


def _scored(view: View, settings: GenomeSettings, kept: dict[str, str], vcf: Vcf) -> _Files | None:
    """Return the files of the scored list; None while a long one is not done.

    kept : what else tells one piece of work from another: the list's token, and the stamp of the genome's file.
    """
    runs = list(view.models)
    names = unique([model_name(model) for model in view.models.values()])
    args = {"genome": settings.genome, **kept, "runs": runs, "names": names,
            "class": view.class_name if settings.judge == "class" else "", "null": settings.null,
            "finished": [view.models[run].run.status.finished for run in runs]}
    spec = WorkSpec("seqviz_core.experiments.variant_job", "score_list", args)
    n = len(vcf.variants)
    windows = 2 * n + 2 * min(max(n, FEWEST_NULL), MOST_NULL)
    seconds = n * PER_VARIANT + sum(windows * seconds_per_row(m, m.task.length, 0) for m in view.models.values())
    if seconds <= INLINE:
        files = _inline(json.dumps(args))
        return _Files(spec.id, lambda name: files[name].encode())
    many = f"{len(runs)} models" if len(runs) > 1 else "1 model"
    read = worked(spec, "genome", f"Score {n:,} variants in {many}", seconds)
    return _Files(spec.id, read) if read else None


@st.cache_resource(max_entries=16, show_spinner="Scoring the variants")
def _inline(args: str) -> dict[str, str]:
    from ...experiments.variant_job import score_list
    return score_list(json.loads(args), lambda share, message: None)


@st.cache_resource(max_entries=16, show_spinner=False)
def _result(key: str, _read: Callable[[str], bytes]) -> ListResult:
    return read_result(_read(EFFECTS_FILE))

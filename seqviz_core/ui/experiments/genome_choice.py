"""Which genome: the made one, one the owner lists, or an upload; and stretches of it taken to Explore."""

import streamlit as st

from ...errors import SeqVizError
from ...experiments.example_genome import example_genome
from ...experiments.genomes import (
    EXAMPLE,
    LARGEST,
    LISTED,
    UPLOADED,
    is_slow,
    keep_genome,
    label_of,
    listed_genomes,
    open_genome,
    path_of,
)
from ...export import sites_to_header
from ...genome import Genome, Region, Regions, read_regions
from ...sequences import Limits, SequenceRecord
from ...sequences.unpack import read_text
from ...training.work import WorkSpec
from ..components import literal
from ..records import show_records
from ..tool import Asked
from ..train import page_path
from ..work import worked

INDEXED = 40_000_000  # bytes of a file whose index is made in a second
SHOWN = 8  # problems and records in a list
EXAMPLE_REGIONS = {"A few": "chrA:251-350\nchrA:5,651-5,750\nB:301-400(-)",
                   "BED lines": "chrA\t250\t350\tpeak1\nchrB\t700\t800\tpeak2\t0\t-",
                   "With mistakes": "chrA:251-350\nchrC:1-100\nchrB:3,990-4,010\nchrA:500-400"}


def genome_row(asked: Asked) -> None:
    """Show the choice of the genome, the upload, and the regions, in one row."""
    key = asked.value("genome")
    options = [EXAMPLE, *(LISTED + name for name in listed_genomes())]
    options += [own for own in dict.fromkeys([key, st.session_state.get("own_genome", "")]) if own.startswith(UPLOADED)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="genome_row"):
        asked.widget("genome", options=options, format_func=lambda k: literal(label_of(k)) if len(options) < 5 else label_of(k))
        with st.popover("Upload a genome"):
            _upload(asked)
        with st.popover("Take regions to Explore", key="genome_regions"):
            _regions(asked, key)


def the_genome(asked: Asked) -> Genome | None:
    """Return the genome that is chosen; None while its index is being made. Raises SeqVizError where it cannot be opened."""
    key = asked.value("genome")
    try:
        if is_slow(key) and not worked(WorkSpec("seqviz_core.experiments.genome_index", "make_index", {"genome": key}),
                                       "genome_index", f"Index {label_of(key)}", path_of(key).stat().st_size / INDEXED):
            return None
        with st.spinner("Opening the genome", show_time=False):
            return open_genome(key)
    except SeqVizError:
        if key != EXAMPLE:
            st.button("Use the example genome", key="genome_example", on_click=lambda: asked.set(genome=EXAMPLE))
        raise


def contigs_text(genome: Genome) -> str:
    """Return how many contigs and bases there are, with the first few."""
    first = ", ".join(f"{name[:40]} {length:,}" for name, length in list(genome.contigs.items())[:5])
    n = len(genome.contigs)
    return f"{n:,} contig{'s' * (n != 1)}, {sum(genome.contigs.values()):,} bases: {first}{', ...' * (n > 5)}."


def region_record(region: Region, genome: Genome, key: str) -> SequenceRecord:
    """Return the region's bases; of the made genome, the sites planted in it are stated in its name."""
    record = region.record(genome)
    if key != EXAMPLE:
        return record
    inside = [s for s in example_genome().sites.get(region.contig, ()) if region.start <= s.start and s.end <= region.end]
    n = region.end - region.start
    moved = [s._replace(start=s.start - region.start, end=s.end - region.start) for s in inside]
    if region.strand == "-":
        moved = [s._replace(start=n - s.end, end=n - s.start, strand="-") for s in reversed(moved)]
    return SequenceRecord(f"{record.name} | synthetic genome {sites_to_header(moved)}".strip(), record.sequence)


def _upload(asked: Asked) -> None:
    st.file_uploader("FASTA, plain or packed by bgzip", key="genome_file", max_upload_size=LARGEST // 1_000_000,
                     on_change=_take, args=(asked,))
    if error := st.session_state.get("genome_error"):
        st.error(literal(error))
    st.caption(f"Up to {LARGEST:,} bytes. It stays on this server under a name made from its content; whoever has a link to this "
               "page with it can use it. Larger genomes are listed by the server's owner.")


def _take(asked: Asked) -> None:
    """Keep the uploaded file and choose it; a mistake leaves everything as it was and is told."""
    file = st.session_state.genome_file
    st.session_state.genome_error = None
    if file is None:
        return
    try:
        key = keep_genome(file.getvalue(), file.name)
    except SeqVizError as error:
        st.session_state.genome_error = str(error)
        return
    st.session_state.own_genome = key
    asked.set(genome=key)


def _regions(asked: Asked, key: str) -> None:
    """Ask for regions, and show what they are, with a button that puts them on the screen."""
    asked.widget("regions_text", placeholder="chr7:5,530,601-5,530,800")
    st.file_uploader("Or a file: BED, also gzipped", key="bed_file", on_change=_take_bed, args=(asked,))
    if error := st.session_state.get("bed_error"):
        st.error(literal(error))
    if key == EXAMPLE:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("Examples", width="content")
            for label, text in EXAMPLE_REGIONS.items():
                st.button(label, key=f"regions_{label}", on_click=lambda t=text: asked.set(regions_text=t))
    try:
        text = asked.checked().regions_text
        if not text.strip():
            st.caption("A line each, counted from 1 as chr7:5,530,601-5,530,800, with (-) behind it for the other strand; "
                       "or BED, counted from 0. What has no base A, C, G or T there is N, an unknown base.")
            return
        genome = open_genome(key)
        found = read_regions(text, genome, Limits.from_environment())
    except SeqVizError as error:
        st.error(literal(error))
        return
    _found(found, genome, key)


def _take_bed(asked: Asked) -> None:
    file = st.session_state.bed_file
    st.session_state.bed_error = None
    if file is not None:
        try:
            asked.set(regions_text=read_text(file.getvalue(), Limits.from_environment().bytes))
        except SeqVizError as error:
            st.session_state.bed_error = str(error)


def _found(found: Regions, genome: Genome, key: str) -> None:
    for sentence in found.notices:
        st.caption(literal(sentence))
    if found.problems:
        more = f" And {len(found.problems) - SHOWN:,} lines more." if len(found.problems) > SHOWN else ""
        st.warning(literal("\n\n".join(found.problems[:SHOWN]) + more))
    if n := len(found.regions):
        listed = ", ".join(map(str, found.regions[:SHOWN])) + (", ..." if n > SHOWN else "")
        st.caption(literal(f"{n:,} region{'s' * (n != 1)}: {listed}."))
        if st.button(f"Show {'it' if n == 1 else f'these {n:,}'} in Explore", key="regions_explore", type="primary"):
            show_records(tuple(region_record(region, genome, key) for region in found.regions), own=True)
            st.switch_page(page_path("explore"))

"""The track of known motifs: its marks and logos, its legend in numbers, its sentence, and motifs kept under a token."""

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS, Site
from seqviz_core.errors import SeqVizError
from seqviz_core.figures.kinds import check_track
from seqviz_core.motifs import find_motif, jaspar, write_jaspar, write_meme
from seqviz_core.sequences import decode, reverse_complement
from seqviz_core.ui.hit_tracks import HIT_P, LANES, Known, hits_of, hits_say, hits_track, known_motifs, scientific
from seqviz_core.ui.motif_upload import keep

TEN = DATASETS["in_class_danq"].presets["default"]
CTCF, GATA2 = find_motif("MA0139.2"), find_motif("MA0036.4")
BACKGROUND = decode(np.random.default_rng(8).integers(0, 4, (1, 200), dtype=np.uint8))[0]
SEQUENCE = BACKGROUND[:40] + CTCF.consensus + BACKGROUND[60:100] + reverse_complement(GATA2.consensus) + BACKGROUND[120:]
SITES = [Site(CTCF, 40, 40 + CTCF.width, "+"), Site(GATA2, 80 + CTCF.width, 80 + CTCF.width + GATA2.width, "-")]


def test_the_task_s_motifs_are_found_with_their_logos():
    known = known_motifs("task", TEN)
    track = hits_track(hits_of(SEQUENCE, known), known)
    check_track(track, len(SEQUENCE))
    marks = {(m.name, m.start, m.strand): m for m in track.sites}
    there, back = marks["CTCF", SITES[0].start, "+"], next(m for m in track.sites if m.name == "GATA2")
    assert track.lanes == LANES and track.logos and (back.start, back.end) == (SITES[1].start, SITES[1].end)
    for mark, site in ((there, SITES[0]), (back, SITES[1])):
        letters = "".join("ACGT"[i] for i in mark.logo.argmax(axis=0))
        same = sum(a == b for a, b in zip(letters, SEQUENCE[mark.start:mark.end]))
        assert mark.logo.shape == (4, site.motif.width) and same >= site.motif.width - 1


def test_the_legend_counts_what_is_there_and_what_chance_gives():
    known = known_motifs("jaspar", TEN)
    found = hits_of(SEQUENCE, known)
    legend = hits_track(found, known).legend
    assert known.label == "1,019 motifs of JASPAR2026" and len(known.motifs) == len(jaspar())
    assert f"the best {len(found.best)} of {found.found}, without repeats" in legend and len(found.best) <= 12
    assert f"chance gives {found.expected:.0f}" in legend and "10\u207b\u2074" in legend
    assert found.p == HIT_P and 25 < found.expected < 40


def test_the_sentence_names_the_best_and_the_planted_sites_under_a_match():
    known = known_motifs("task", TEN)
    said = hits_say(hits_of(SEQUENCE, known), SITES)
    assert said.startswith("Best match: CTCF at 41 to ") and said.endswith("2 of 2 planted sites lie under a match.")
    only = Known("one", (CTCF,))
    assert hits_say(hits_of(SEQUENCE, only), SITES).endswith("1 of 2 planted sites lie under a match, not GATA2.")
    assert hits_say(hits_of(SEQUENCE, only), []).endswith(").") and hits_say(hits_of("ACGT" * 9, only), SITES) == ""


def test_nothing_found_is_said_with_what_to_do():
    known = known_motifs("task", TEN)
    assert hits_track(hits_of("ACGT" * 25, known), known).empty.startswith("No place matches one of the 10 motifs of")
    real = known_motifs("task", DATASETS["uci_promoters"].presets["default"])
    assert "upload your own" in hits_track(hits_of(SEQUENCE, real), real).empty


@pytest.mark.parametrize("write", [write_meme, write_jaspar])
def test_uploaded_motifs_are_kept_for_a_link(write):
    token = keep(write([CTCF, GATA2]).encode())
    known = known_motifs(token, TEN)
    assert known.label == "2 uploaded motifs" and [m.name for m in known.motifs] == ["CTCF", "GATA2"]
    assert [(h.start, h.strand) for h in hits_of(SEQUENCE, known).best][:1] == [(40, "+")]
    assert keep(write([CTCF, GATA2]).encode()) == token


@pytest.mark.parametrize("data, said", [
    (b"hello\n", "SeqViz reads motifs in MEME and JASPAR format"), (b"", "There is no motif here"),
    (b"\x80\x02}q\x00.", "is not text"), (write_meme([CTCF] * 2001).encode(), "2,001 motifs are too many")])
def test_what_is_no_motif_file_is_refused(data, said):
    with pytest.raises(SeqVizError, match=said):
        keep(data)


def test_a_token_that_is_gone_is_told():
    with pytest.raises(SeqVizError, match="not kept on this server"):
        known_motifs("0" * 20, TEN)


@pytest.mark.parametrize("p, text", [(0.5, "0.5"), (0.00123, "0.0012"), (1e-4, "1\u2009\u00d7\u200910\u207b\u2074"),
                                     (1.53e-12, "1.5\u2009\u00d7\u200910\u207b\u00b9\u00b2")])
def test_small_numbers_are_read_easily(p, text):
    assert scientific(p) == text

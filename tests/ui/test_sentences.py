"""The computed sentences, word for word."""

from seqviz_core.datasets import DATASETS, Site
from seqviz_core.experiments import Knockout
from seqviz_core.motifs import find_motif
from seqviz_core.training import RunStatus, Scores
from seqviz_core.ui.sentences import duration, is_absence, is_beaten, on_sites, other_length, reason, several, subject, verdict

GATA2 = find_motif("MA0036.4")
SITES = [Site(GATA2, 65, 72, "+")]
CLASSES = ("GATA2", "CTCF", "none")


def test_verdict_says_whether_it_is_right_and_whether_the_others_agree():
    others = [("LSTM", "GATA2", 0.9), ("Attention", "CTCF", 0.6)]
    assert verdict("CNN", "GATA2", 0.991, others[:1], SITES, CLASSES) == (
        "The CNN model calls GATA2 (0.99), which is what was planted. The other models agree.")
    assert verdict("CNN", "none", 0.5, others, SITES, CLASSES) == (
        "The CNN model calls none (0.50); planted was GATA2. The LSTM model calls GATA2 (0.90). "
        "The Attention model calls CTCF (0.60).")
    assert verdict("your CNN (One motif)", "CTCF", 0.5, [], SITES, ("CTCF",)) == "Your CNN (One motif) calls CTCF (0.50)."


def test_verdict_after_an_edit_says_what_was_called_before():
    said = lambda name, p: verdict("CNN", name, p, [], SITES, CLASSES, before=("GATA2", 0.991))
    assert said("none", 0.84) == "The CNN model calls none (0.84; before your edits GATA2, 0.99); planted was GATA2."
    assert said("GATA2", 0.7) == "The CNN model calls GATA2 (0.70; before your edits 0.99), which is what was planted."


def test_verdict_on_several_planted_motifs_and_a_probability_nobody_can_know():
    both = [*SITES, Site(find_motif("MA0139.2"), 10, 25, "-")]
    assert verdict("CNN", "CTCF", 0.9999, [], both, CLASSES) == "The CNN model calls CTCF (> 0.99), one of the planted motifs."


def test_reason_names_the_filter_where_it_stands_and_what_it_is_worth():
    knockout = Knockout(filter=7, start=60, end=70, logit=3.1, logit_without=0.4, called_without=2)
    assert reason("GATA2", "GATA2", knockout, "none", SITES, "filter 7 GATA2") == (
        "Filter 7 GATA2 decides: without it the call is none. It fires strongest at 61 to 70, on the planted GATA2 site; "
        "without it the logit of GATA2 falls from 3.1 to 0.4.")
    beside = Knockout(filter=7, start=72, end=80, logit=3.1, logit_without=-0.01, called_without=0)
    assert reason("GATA2", "GATA2", beside, "GATA2", SITES, "filter 7") == (
        "Filter 7 contributes most. It fires strongest at 73 to 80; without it the logit of GATA2 falls from 3.1 to 0.0.")


def test_reason_for_a_class_that_is_not_called_and_where_no_filter_matters():
    knockout = Knockout(filter=7, start=0, end=9, logit=-3.3, logit_without=-6.8, called_without=0)
    assert reason("CTCF", "GATA2", knockout, "GATA2", [], "filter 7").startswith(
        "For CTCF, which it does not call: filter 7 contributes most. It fires")
    little = Knockout(filter=7, start=0, end=5, logit=-3.0, logit_without=-3.1, called_without=0)
    assert reason("CTCF", "CTCF", little, "CTCF", [], "filter 7") == (
        "No single filter matters much: zeroing filter 7, which matters most, lowers the logit of CTCF from -3 to -3.1.")
    assert reason("CTCF", "CTCF", None, "", [], "") == (
        "No single filter matters: zeroing any of the strongest does not lower the logit of CTCF.")


def test_absence_is_a_class_without_a_motif_in_a_task_of_motifs():
    ten, pair = (DATASETS[name].presets["default"] for name in ("in_class_danq", "motif_pair"))
    assert is_absence("none", ten) and not is_absence("CTCF", ten) and not is_absence("rule broken", pair)


def test_a_run_is_beaten_only_beyond_chance():
    status = lambda accuracy: RunStatus("done", 0.0, n_test=2500, test=Scores(accuracy, 0.9), kmer=Scores(0.9, 0.9))
    assert is_beaten(status(0.88)) and not is_beaten(status(0.89))  # standard errors 0.0065 and 0.0063
    assert not is_beaten(status(0.95)) and not is_beaten(RunStatus("failed", 0.0))


def test_subjects_and_durations():
    assert subject("LSTM") == "The LSTM model" and subject("your LSTM (x)") == "Your LSTM (x)"
    assert subject("LSTM", begins=False) == "the LSTM model" and subject("your LSTM (x)", begins=False) == "your LSTM (x)"
    assert [duration(s) for s in (0.4, 59.4, 60, 185, 13375)] == ["0 s", "59 s", "1 min 0 s", "3 min 5 s", "3 h 42 min"]
    assert duration(-1) == "0 s"


def test_a_length_the_model_does_not_know_is_told():
    task = DATASETS["in_class_danq"].presets["default"]
    assert [other_length(task, n) for n in (80, 100, 125)] == ["", "", ""]
    assert other_length(task, 1480) == " Made for 100 bases, and this sequence has 1,480: read the probabilities with care."
    assert other_length(task, 79)


def test_several_labels_are_called_missed_and_extra():
    sites = [Site(find_motif("MA0036.4"), 3, 13, "+"), Site(find_motif("MA0139.2"), 30, 45, "+")]
    names = ("GATA2", "CTCF", "SP1")
    text = several("CNN", [("SP1", 0.9), ("GATA2", 0.62)], None, sites, names)
    assert text == "The CNN model calls SP1 (0.90) and GATA2 (0.62); it misses CTCF, and calls SP1 without a planted site."
    assert several("CNN", [], None, [], names) == "The CNN model calls none of its labels."
    text = several("RNN", [("GATA2", 0.7), ("CTCF", 0.6)], [4, 33], sites, names)
    assert text == "The RNN model calls GATA2 at base 5 (0.70) and CTCF at base 34 (0.60); it misses nothing that was planted."


def test_a_site_on_the_reverse_strand_says_what_the_model_calls_there():
    turned = [site._replace(strand="-") for site in SITES]
    name = turned[0].motif.name
    said = verdict("CNN", "none", 0.8, [], turned, (name, "none"), other_strand=name)
    assert said == (f"The CNN model calls none (0.80); planted was {name}, on the reverse strand; reading that strand, it calls "
                    f"{name}.")
    assert "strand" not in verdict("CNN", "none", 0.8, [], turned, (name, "none"), other_strand="none")


def test_on_a_site_means_half_of_it():
    site = SITES[0]
    middle = (site.start + site.end) // 2
    assert on_sites(middle - 3, middle + 4, [site]) == f", on the planted {site.motif.name} site"
    assert on_sites(site.start - 12, site.start + 1, [site]) == f", at the edge of the planted {site.motif.name} site"
    assert on_sites(site.start - 12, site.start, [site]) == ""

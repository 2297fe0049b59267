"""Filter surgery on its page: what it shows at once, one filter replaced, how many can go, and what is wrong is told."""

import pytest

from seqviz_core.checks.filter_redundancy import SEED, TOLERANCE
from seqviz_core.motifs import find_motif, write_meme
from seqviz_core.training import RunSpec, default_store, find_run, train_here
from seqviz_core.training.work import WorkSpec, work_here
from seqviz_core.ui.motif_upload import keep
from tests.app_pages import QUICK, texts


def open_surgery(open_page, asked: str = "", **link: str):
    at = open_page("trust", link={"v": "1", "tool": "surgery", **({"asked": asked} if asked else {}), **link})
    assert not at.exception
    return at


def rows(at, which: int = 0):
    return at.table[which].value


def test_every_filter_and_the_strongest_one_are_shown_at_once(open_page):
    at = open_surgery(open_page)
    read = texts(at)
    assert not at.error and "cost AUROC beyond chance when zeroed alone" in read and "200 fresh sequences" in read
    assert "Zeroing filter" in read and "changes the logit of GATA2 on this sequence from" in read
    numbers = rows(at)
    assert numbers.iloc[:, 0].tolist() == ["as it is", "zeroed"]
    before, after = (float(v.replace("\\", "").replace("\u2212", "-")) for v in numbers.iloc[:, 1])
    assert after < before - 1  # the filter that matters most to this sequence
    button, = [b for b in at.button if b.key == "start_surgery"]
    assert "Take out as many as can go (about" in button.label


def test_a_filter_that_is_chosen_is_the_one_that_goes(open_page):
    at = open_surgery(open_page, "filter=7&n=60")
    assert "Zeroing filter 7 " in texts(at) and "60 fresh sequences" in texts(at)
    at.selectbox(key="surgery.filter").set_value(3).run()
    assert not at.exception and "Zeroing filter 3 " in texts(at) and "filter=3" in "".join(at.query_params["asked"])


@pytest.mark.parametrize("asked, named", [
    ("how=replace&letters=TGASTCA", "Putting TGASTCA into filter"),
    ("how=replace&source=task&known=MA0139.2", "Putting CTCF into filter"),
    ("how=replace&source=jaspar&known=MA0095.4", "Putting Yy1 into filter")])
def test_a_pattern_is_put_in_with_its_control(open_page, asked, named):
    at = open_surgery(open_page, f"n=60&{asked}")
    read = texts(at)
    assert not at.error and named in read and "the old filter's scale" in read and "in random order" in read
    assert rows(at).iloc[:, 0].tolist()[:2] == ["as it is", "zeroed"] and rows(at).iloc[3, 0] == "its columns shuffled"


def test_an_upload_is_a_source(open_page):
    token = keep(write_meme([find_motif("MA0139.2"), find_motif("MA0095.4")]).encode())
    at = open_surgery(open_page, f"n=60&how=replace&source={token}&known=MA0095.4")
    assert not at.error and "Putting Yy1 into filter" in texts(at)


@pytest.mark.parametrize("asked, sentence", [
    ("how=replace&letters=GATX", "The pattern, letter 4: 'X' is not a base."), ("how=replace&letters=", "No pattern is typed."),
    ("how=replace&letters=NNNN", "says nothing"), ("filter=40", "There is no filter 40; the model has 40"),
    ("n=5", "outside 40 to 2000"), ("how=cut", "is not one of zero, replace"), ("how=replace&source=gone", "not kept")])
def test_what_is_wrong_is_told_and_the_widgets_stay(open_page, asked, sentence):
    at = open_surgery(open_page, asked)
    assert sentence in "\n".join(e.value for e in at.error).replace("\\", "")
    assert at.number_input(key="surgery.n") is not None


def test_how_many_can_go_is_shown_once_it_is_measured(open_page):
    run = find_run("cnn")
    work_here(WorkSpec("seqviz_core.checks.filter_redundancy", "measure", {
        "run": "cnn", "finished": run.status.finished, "n": 40, "seed": SEED, "tolerance": TOLERANCE}))
    at = open_surgery(open_page, "n=40")
    read = texts(at)
    assert "of 40 filters can be removed together at a cost of" in read and "removed at random cost" in read
    assert "start_surgery" not in {b.key for b in at.button} and len(at.get("plotly_chart")) == 1
    assert len(rows(at, 1)) == 10


def test_a_model_without_a_convolution_is_told_and_another_offered(open_page):
    run = train_here(RunSpec("one_motif", {"length": 60}, "mlp", {}, QUICK), default_store()).id
    at = open_surgery(open_page, run=run, open="surgery")
    assert "has no convolution on the sequence" in "\n".join(i.value for i in at.info)
    at.button(key="surgery_cnn").click().run()
    assert not at.exception and at.session_state.view.focus == "cnn" and "Zeroing filter" in texts(at)


def test_a_long_sequence_shows_the_part_that_matters(open_page):
    at = open_surgery(open_page, "n=60", seq="ACGT" * 150 + "CTTATCT" + "ACGT" * 150)
    assert "where it matters most" in texts(at) and "Saliency" in texts(at)

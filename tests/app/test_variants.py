"""The Variants tool: at once, typed, picked, from edits; measured effects; each mistake a sentence and what was typed stays."""

import re

import numpy as np
import pytest

from seqviz_core.experiments.variants import variant_effects
from seqviz_core.sequences import Edit
from seqviz_core.sequences.variants import Variant
from seqviz_core.training import pretrained_store
from tests.app_pages import quick_run, texts, view_with

LINK = {"v": "1", "tool": "variants"}
BOX = "variants.text"


def typed(open_page, text: str, **link):
    return open_page("experiments", link={**LINK, "asked": f"text={text.replace('>', '%3E').replace('+', '%2B')}", **link})


def sequence_of(at) -> str:
    return at.session_state.view.sequence


def table_of(at):
    return at.dataframe[0].value


def test_examples_of_the_sequence_stand_there_at_once(open_page):
    at = open_page("experiments", link=LINK)
    assert not at.exception and not at.error
    assert "Nothing is typed yet" in texts(at) and "of 3 variants change" in texts(at)
    assert len(table_of(at)) == 3 and "GATA2 at 66 to 72 lost" in list(table_of(at)["motif"])
    assert "the 300 single substitutions of this sequence" in texts(at)


def test_typed_variants_are_what_the_core_computes(open_page):
    at = typed(open_page, "68T>G, 20_21insTT, 30del")
    sequence = sequence_of(at)
    variants = [Variant(67, "T", "G"), Variant(20, "", "TT"), Variant(29, sequence[29], "")]
    task = pretrained_store().get("cnn").spec.make_task()
    for run, column in (("cnn", "change of the logit"), ("lstm", "change, LSTM")):
        effects = variant_effects(pretrained_store().get(run).load_model(), sequence, variants, task.classes.index("GATA2"))
        shown = dict(zip(table_of(at)["variant"], table_of(at)[column]))
        assert [shown[name] for name in ("68T>G", "20_21insTT", "30del")] == pytest.approx(effects.change)
    assert list(table_of(at)["rank"]) == [1, 2, 3] and table_of(at)["variant"][0] == "68T>G"


def test_mistakes_are_told_with_their_line_and_the_rest_goes_on(open_page):
    at = typed(open_page, "68T>G\n5Z>A\n999A>C\n68A>C\nc.5A>C")
    told = "\n".join(w.value for w in at.warning)
    assert "Line 2" in told and "Line 3" in told and "Line 4" in told and "1 more lines" not in told
    assert at.text_area(key=BOX).value.startswith("68T>G\n5Z>A")
    assert len(table_of(at)) == 1


def test_nothing_readable_leaves_the_map_and_a_sentence(open_page):
    at = typed(open_page, "nonsense")
    assert not at.exception and "There is no variant yet." in texts(at)
    assert "take an example" in texts(at) and at.text_area(key=BOX).value == "nonsense"


def test_the_empty_box_says_what_goes_in_and_the_sentence_is_bold(open_page):
    at = typed(open_page, "")
    assert at.text_area(key=BOX).placeholder.startswith("42A>G")
    assert any(m.value.startswith("**2 of 3 variants") and m.value.endswith("**") for m in at.markdown)


def test_the_examples_lie_in_a_sequence_shorter_than_the_way_to_them(open_page):
    at = open_page("experiments", link={"v": "1", "tool": "variants", "seq": "ACGTTGATAAGGCATGCATT", "name": "short"})
    assert "19_20insTT" in list(table_of(at)["variant"])


def test_a_base_is_picked_and_put_away_again(open_page):
    at = typed(open_page, "68T>G")
    sequence = sequence_of(at)
    at.number_input(key="pick_base").set_value(30)
    at.button_group(key="pick_becomes").set_value("deleted")
    at.button(key="pick_add").click().run()
    assert at.text_area(key=BOX).value == "68T>G, 30del" and len(table_of(at)) == 2
    at.button(key="pick_add").click().run()
    assert at.text_area(key=BOX).value == "68T>G"
    at.button_group(key="pick_becomes").set_value(sequence[29])
    at.button(key="pick_add").click().run()
    assert "changes nothing" in texts(at)


def test_an_example_fills_the_box(open_page):
    at = open_page("experiments", link=LINK)
    at.button(key="example_variants_20 at random").click().run()
    assert at.text_area(key=BOX).value.count(">") == 20 and len(table_of(at)) == 20


@pytest.mark.parametrize("strand", ["+", "-"])
def test_the_edits_of_explore_become_variants(open_page, strand):
    at = open_page("experiments", link=LINK)
    before = at.session_state.view.reference
    view_with(at, steps=(Edit(9, 1, "A" if before[9] != "A" else "C"), Edit(49, 2, "")), strand=strand).run()
    at.button(key="use_edits").click().run()
    words = at.text_area(key=BOX).value
    places = sorted(int(n) for n in re.findall(r"(\d+)(?=[ACGT]>|_)", words))
    assert places == ([10, 50] if strand == "+" else [50, 91]) or strand == "-" and places[-1] == 91
    assert at.session_state.view.steps == () and len(table_of(at)) == 2 and not at.exception


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_variant_goes_to_explore(open_page, strand):
    at = typed(open_page, "20_22del", strand={"+": "forward", "-": "reverse"}[strand])
    if at.session_state.view.strand != strand:
        view_with(at, strand=strand).run()
    view = at.session_state.view
    expected = view.read[:19] + view.read[22:]
    at.button(key="variant_explore").click().run()
    assert at.session_state.view.read == expected


def test_jaspar_names_more_motifs(open_page):
    at = open_page("experiments", link=LINK)
    at.button(key="example_variants_20 at random").click().run()
    planted = [words for words in table_of(at)["motif"] if words]
    at.button_group(key="variants.motifs").set_value("jaspar").run()
    known = [words for words in table_of(at)["motif"] if words]
    assert len(known) > len(planted) and any(word in " ".join(known) for word in ("gained", "stronger"))


def test_a_long_sequence_has_a_sample_as_control(open_page):
    sequence = "".join(np.random.default_rng(0).choice(list("ACGT"), 600))
    at = open_page("experiments", link={**LINK, "seq": sequence, "name": "long", "models": "cnn",
                                        "asked": f"text=300{sequence[299]}%3E{'A' if sequence[299] != 'A' else 'C'}"})
    assert not at.exception and "200 single substitutions drawn at random" in texts(at)
    assert "the control is a sample and the map shows a part" in texts(at)


def test_a_model_of_a_fixed_length_says_so_for_an_insertion(open_page):
    run = quick_run("mlp")
    at = open_page("experiments", link={**LINK, "run": run, "open": "variants"})
    view_with(at, asked=(("text", "3_4insTT, 5_6del"),), models=(run,), focus=run).run()
    assert "reads at most 60 bases" in str(list(table_of(at)["left out because"])) and len(table_of(at)) == 2


MPRA = "Chrom\tPos\tRef\tAlt\tCoefficient\tElement\n" + "".join(
    f"X\t{5001 + i}\t{ref}\t{alt}\t{value:.3f}\tF9\n"
    for i, ref in enumerate("CCGAGTAACGCTCGTATTTCTTATTGCATGCTAAAGTAGAGC") for alt, value in
    zip("ACGT".replace(ref, ""), np.random.default_rng(i).normal(size=3)))


def measured(open_page, text: str):
    at = open_page("experiments", link={**LINK, "asked": "source=measured"})
    at.text_area(key="variants.measured").set_value(text).run()
    return at


def test_measured_effects_start_with_a_simulated_table(open_page):
    at = open_page("experiments", link={**LINK, "asked": "source=measured"})
    assert not at.exception and not at.error
    assert "this one is simulated" in texts(at) and "300 simulated effects" in texts(at)
    assert "Control: the same measurements turned along the sequence" in texts(at)


def test_a_table_brings_its_own_sequence(open_page):
    at = measured(open_page, MPRA)
    assert "measured in another sequence" in texts(at) and "X:5,001-5,042" in texts(at).replace("\\", "")
    at.button(key="variants.measured.show").click().run()
    assert sequence_of(at) == "CCGAGTAACGCTCGTATTTCTTATTGCATGCTAAAGTAGAGC"
    assert "126 measured effects" in texts(at) and "stands at base 1 of the sequence" in texts(at)
    assert not at.exception and len(at.get("plotly_chart")) == 2


def test_a_short_table_claims_nothing_about_chance(open_page):
    sequence = sequence_of(open_page("experiments", link={**LINK, "asked": "source=measured"}))
    rows = [f"{i + 1} {sequence[i]} {'C' if sequence[i] == 'A' else 'A'} {0.1 * i:.1f}" for i in range(20)]
    at = measured(open_page, "\n".join(rows))
    assert not at.exception and "20 measured effects; they are too few to tell that from chance." in texts(at)
    assert set(at.table[0].value["control (95 %)"]) == {"too few variants"}


@pytest.mark.parametrize(("text", "sentence"), [
    ("Pos\tRef\tAlt\n1\tT\tA", "it needs value"), ("Pos\tRef\tAlt\tValue\n1\tT\tA\tmuch", "is not a number"),
    ("1 T A 3\n2 G A 1", "a rank correlation needs at least 10"),
])
def test_a_wrong_table_is_told_and_stays(open_page, text, sentence):
    at = measured(open_page, text)
    assert not at.exception and sentence in texts(at)
    assert at.text_area(key="variants.measured").value == text

"""The Variants tool in a browser: typed, clicked in the map, taken to Explore; a table with its own sequence; the worst input."""

import re

from playwright.sync_api import Page, expect

from scripts.local_app import wait_idle

POINT = """([place, row]) => {
  const chart = document.querySelector('.js-plotly-plot'), layout = chart._fullLayout, box = chart.getBoundingClientRect();
  return [box.left + layout.xaxis._offset + layout.xaxis.d2p(place), box.top + layout.yaxis2._offset + layout.yaxis2.d2p(row)];
}"""
WILD = "CCGAGTAACGCTCGTATTTCTTATTGCATGCTAAAGTAGAGC"
TABLE = "Chrom\tPos\tRef\tAlt\tCoefficient\tElement\n" + "\n".join(
    f"7\t{9001 + i}\t{ref}\t{alt}\t{((i * 7 + k * 3) % 11 - 5) / 10}\tmine"
    for i, ref in enumerate(WILD) for k, alt in enumerate("ACGT".replace(ref, "")))


def box(page: Page):
    return page.get_by_role("textbox", name="Variants of this sequence")


def click_cell(page: Page, place: int, base: str) -> None:
    page.locator(".js-plotly-plot .heatmaplayer image, .js-plotly-plot .hm").first.wait_for(state="attached")
    page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(POINT, [place, "ACGT".index(base)]))


def test_typed_clicked_and_taken_to_explore(open_page) -> None:
    page: Page = open_page("experiments?v=1&tool=variants")
    expect(page.get_by_text("Nothing is typed yet")).to_be_visible()
    box(page).fill("68T>G")
    box(page).press("Control+Enter")
    expect(page.get_by_text(re.compile("68T>G lowers the CNN model’s logit of GATA2 from .* change it less"))).to_be_visible()
    click_cell(page, 50, "G")
    expect(box(page)).to_have_value("68T>G, 50A>G")
    wait_idle(page)
    page.wait_for_timeout(500)  # two clicks within 300 ms are a double click to plotly
    click_cell(page, 50, "G")
    expect(box(page)).to_have_value("68T>G")
    wait_idle(page)  # the address is written last
    page.reload()
    expect(box(page)).to_have_value("68T>G")
    page.get_by_role("button", name="Take 68T>G to Explore").click()
    expect(page.get_by_role("heading", name="What does this model see in this sequence?")).to_be_visible()
    expect(page).to_have_url(re.compile("edits=68-1-G"))


def test_the_worst_list_is_told_and_stays(open_page) -> None:
    page: Page = open_page("experiments?v=1&tool=variants")
    worst = "68A>G\nc.5A>G\n<b>x</b> $5$ :material/bolt:\n9999A>C\n3_1del\n68T>G\n68t>g"
    box(page).fill(worst)
    box(page).press("Control+Enter")
    expect(page.get_by_text("Line 1, '68A>G': base 68 is T in the sequence, not A.")).to_be_visible()
    expect(page.get_by_text("c. counts in a gene or a chromosome")).to_be_visible()
    expect(page.get_by_text(re.compile("more sentences|more lines"))).to_be_visible()
    expect(page.get_by_text(re.compile("68T>G lowers"))).to_be_visible()
    expect(box(page)).to_have_value(worst)


def test_a_table_of_measured_effects_brings_its_sequence(open_page) -> None:
    page: Page = open_page("experiments?v=1&tool=variants&asked=source%3Dmeasured")
    expect(page.get_by_text("this one is simulated")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "mine.tsv", "mimeType": "text/tab-separated-values", "buffer": TABLE.encode()})
    page.get_by_role("button", name="Put these 42 bases on the screen").click()
    expect(page.get_by_text(re.compile("Spearman .* and 126 measured effects"))).to_be_visible()
    expect(page.get_by_text("stands at base 1 of the sequence")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "wrong.tsv", "mimeType": "text/plain", "buffer": b"Pos\tRef\n1\tA\n"})
    expect(page.get_by_text("it needs alt and value")).to_be_visible()
    expect(page.get_by_text(re.compile("126 measured effects"))).to_be_visible()

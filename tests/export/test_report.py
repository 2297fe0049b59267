"""The report as a parser reads it: everything is in it, nothing is asked for from outside, and what was typed is text."""

from html.parser import HTMLParser

import pytest

from seqviz_core.examples import examples
from seqviz_core.export.provenance import Provenance, provenance
from seqviz_core.export.report import POLICY, Section, report_html
from seqviz_core.figures.logo import motif_logo_svg
from seqviz_core.figures.training import training_curve
from seqviz_core.sequences import Edit
from seqviz_core.state import ViewState

RECORD = examples()[0].record
LINK = "http://127.0.0.1:8501/?v=1&seq=ACGT&name=x"
PPM = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
HOSTILE = '</pre></title><script>alert(1)</script><img src=http://198.51.100.1/x onerror=alert(1)>"\'&amp;\ud800'
SECTIONS = [Section("What do the models call?", "A bar is a probability.", motif_logo_svg(PPM), ["The CNN calls GATA2."],
                    {"model": ["CNN"], "probability": [0.99]}),
            Section("Which bases push GATA2 up?", "Up: the base raises the logit.")]
LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest"}


class Read(HTMLParser):
    """Elements, text by the element it is in, and every address that a browser would load."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.text, self.loaded, self.links, self._open = [], {}, [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "link", "br", "img"):
            self._open.append(tag)
        for name, value in attributes:
            assert not name.startswith("on"), f"{tag} {name}"
            if name in LOADS or (name in ("href", "xlink:href") and tag != "a"):
                self.loaded.append(value)
            elif name == "href":
                self.links.append(value)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert not self._open or self._open.pop() == tag, tag

    def handle_data(self, data):
        for tag in self._open:
            self.text[tag] = self.text.get(tag, "") + data


def made(shipped, **view) -> Provenance:
    given = {"reference": RECORD.sequence, "name": RECORD.name, "steps": (Edit(67, 3, "GGG"),)} | view
    return provenance(ViewState(**given), shipped, "2026-01-31", LINK)


def test_every_part_is_there(shipped):
    origin = made(shipped)
    page = Read(report_html("A GATA2 site", SECTIONS, origin))
    assert page.text["h1"] == "A GATA2 site" and page.text["title"].startswith("A GATA2 site") and page.tags.count("svg") == 1
    for section in SECTIONS:
        assert section.question in page.text["h2"] and section.caption in page.text["figcaption"]
    assert "The CNN calls GATA2." in page.text["p"] and "0.99" in page.text["td"] and "2026-01-31" in page.text["p"]
    listings = page.text["pre"]
    assert f">reference {RECORD.name}\n{RECORD.sequence}\n>edited " in listings and origin.view.sequence in listings
    assert origin.script in listings and '"architecture": "lstm"' in listings
    facts = page.text["td"]
    for run in shipped:
        assert run.weights in facts and len(run.weights) == 64
    for version in ("torch", "numpy", "Python", "seqviz_core"):
        assert version in facts and origin.versions[version] in facts
    assert "68" in facts and "GGG" in facts, "the edit, counted from 1"
    assert page.links == [LINK]


def test_nothing_is_asked_for_from_outside(shipped):
    html = report_html("x", SECTIONS, made(shipped))
    addresses = Read(html).loaded
    assert all(address.startswith(("data:", "#")) for address in addresses) and "#glyph-A" in addresses
    assert POLICY in html and "default-src 'none'" in POLICY and "http" not in POLICY and "@import" not in html


def test_what_was_typed_is_text(shipped):
    models = [shipped[0]._replace(label=HOSTILE)]
    origin = made(models, name=HOSTILE, target=HOSTILE, map_layer=HOSTILE)._replace(date=HOSTILE)
    html = report_html(HOSTILE, [Section(HOSTILE, HOSTILE, "", [HOSTILE], {HOSTILE: [HOSTILE]})], origin)
    plain = report_html("x", [Section("x", "x", "", ["x"], {"x": ["x"]})], made(shipped[:1]))
    assert Read(html).tags == Read(plain).tags
    assert HOSTILE.replace("\ud800", "?") in Read(html).text["h2"] and html.encode()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "", "data:text/html,x"])
def test_only_a_web_address_is_a_link(shipped, link):
    assert Read(report_html("x", [], made(shipped)._replace(link=link))).links == []


def test_a_figure_of_plotly_brings_its_script_once(shipped):
    curve = training_curve([1, 2], [2.0, 1.0], [2.0, 1.0], [0.5, 0.6])
    html = report_html("x", [Section("Does it learn?", "Purple: validation.", curve)] * 2, made(shipped))
    page = Read(html)
    assert html.count("plotly.js v") == 1 and html.count('<div id="') >= 2
    assert all(address.startswith(("data:", "#")) for address in page.loaded)
    assert "plotly.js v" not in report_html("x", SECTIONS, made(shipped))

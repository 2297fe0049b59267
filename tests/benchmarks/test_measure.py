"""The websocket client of the benchmarks, against a small app whose answers are known."""

import json
from collections.abc import Iterator

import pytest

from benchmarks._measure import Client, report, spread
from scripts.local_app import Server, serve

APP = """
import time
import streamlit as st
focus = st.segmented_control("Model", ["CNN", "LSTM"], default="CNN", key="focus")
with st.popover("Paste"):
    text = st.text_area("Sequence", "ACGT", key="sequence_text")
st.metric("Bases", f"{focus} {len(text)} {st.query_params.get('seq', '')}")
st.code("A" * 20_000)
time.sleep(1 if focus == "LSTM" else 0)
if text == "BAD": raise ValueError("deliberately broken")
if len(text) > 5: st.title("long")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("measure")
    (folder / "small.py").write_text(APP)
    with serve(folder, app=folder / "small.py") as server:
        yield server


def test_widgets_are_set_by_key_and_time_is_the_scripts(server: Server) -> None:
    with Client(server) as client:
        client.rerun()
        quick = client.rerun(sequence_text="ACGTACGT")
        assert client.elements[-1] == "heading" and quick.bytes > 0
        slow = client.rerun(focus=["LSTM"])
        assert client.elements[-1] == "heading"  # the text is still the one set before
        assert slow.seconds > 1 > quick.seconds


def test_a_large_message_that_comes_again_travels_as_its_name(server: Server) -> None:
    with Client(server) as client:
        first, again = client.rerun(), client.rerun()
        assert first.bytes > 20_000 and again.bytes < first.bytes - 19_000
        assert "code" in client.elements  # it is on the page all the same


def test_an_exception_on_the_page_is_raised(server: Server) -> None:
    with Client(server) as client:
        client.rerun()
        with pytest.raises(RuntimeError, match="shows an exception"):
            client.rerun(sequence_text="BAD")


def test_result_line(capsys: pytest.CaptureFixture) -> None:
    report("latency", {"rerun_ms": spread([3.0, 1.0, 2.04])})
    word, _, rest = capsys.readouterr().out.strip().partition(" ")
    result = json.loads(rest)
    assert word == "RESULT" and result["name"] == "latency" and "cores" in result["device"]
    assert result["figures"] == {"rerun_ms": {"median": 2.0, "p90": 3.0, "min": 1.0, "max": 3.0, "n": 3}}

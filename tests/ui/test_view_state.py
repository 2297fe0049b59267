"""The session's one view: widgets change it, the address follows it, and only a real navigation overrules it."""

from streamlit.testing.v1 import AppTest

from seqviz_core.ui import view_state


def page() -> None:
    import streamlit as st

    from seqviz_core.ui.view_state import bound, navigated, set_view, view_of_address, view_state, write_address

    st.session_state.navigated = navigated()
    if st.session_state.navigated:
        set_view(view_of_address())
    st.pills("Methods", ["ism", "saliency"], selection_mode="multi", **bound("methods", tuple))
    st.segmented_control("Strand", ["+", "-"], required=True, **bound("strand"))
    st.text(view_state().strand)
    write_address({"recipe_x": "kept"})


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def said(at: AppTest) -> dict[str, str]:
    return {k: v[0] if isinstance(v := at.query_params[k], list) else v for k in at.query_params}


def test_the_first_run_reads_the_address_and_writes_it_whole():
    at = opened(strand="reverse", other="gone")
    assert at.session_state.navigated and at.session_state.view.strand == "-"
    assert said(at) == {"v": "1", "strand": "reverse", "recipe_x": "kept"}


def test_a_widget_changes_the_view_and_the_address_and_is_no_navigation():
    at = opened()
    at.pills(key="methods").set_value(["saliency"]).run()
    assert not at.session_state.navigated and at.session_state.view.methods == ("saliency",)
    assert said(at)["methods"] == "saliency"
    at.session_state.methods = ["ism"]  # a widget owns nothing: the view overrules what stands in it
    at.run()
    assert at.session_state.view.methods == ("saliency",)


def test_the_browsers_back_is_a_navigation_once_the_address_has_settled(monkeypatch):
    at = opened()
    at.segmented_control(key="strand").set_value("-").run()
    before = {"v": "1", "recipe_x": "kept"}
    monkeypatch.setattr(view_state, "SETTLED", 0.0)
    at.query_params.clear()
    for key, value in before.items():
        at.query_params[key] = value
    at.run()
    assert at.session_state.navigated and at.session_state.view.strand == "+"


def test_an_address_of_a_moment_ago_is_no_navigation(monkeypatch):
    monkeypatch.setattr(view_state, "SETTLED", 3600.0)
    at = opened()
    at.segmented_control(key="strand").set_value("-").run()
    at.query_params.clear()
    at.query_params["v"] = "1"  # the browser had not heard of the change when it asked for this run
    at.run()
    assert not at.session_state.navigated and at.session_state.view.strand == "-"
    assert said(at)["strand"] == "reverse"


def test_an_act_comes_before_the_address_it_was_sent_with(monkeypatch):
    monkeypatch.setattr(view_state, "SETTLED", 0.0)
    at = opened()
    at.segmented_control(key="strand").set_value("-").run()
    at.query_params.clear()
    at.query_params["v"] = "1"
    at.pills(key="methods").set_value(["saliency"]).run()
    assert at.session_state.view.strand == "-" and at.session_state.view.methods == ("saliency",)


def test_a_page_without_its_own_address_keeps_the_view(monkeypatch):
    monkeypatch.setattr(view_state, "SETTLED", 0.0)
    at = opened(strand="reverse")
    at.query_params.clear()  # as after going to another page and back by the sidebar
    at.run()
    assert at.session_state.view.strand == "-" and said(at)["strand"] == "reverse"

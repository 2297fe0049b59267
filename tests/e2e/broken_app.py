"""A page that is deliberately broken, to prove that the browser tests can fail."""

import streamlit as st

st.html("<script>console.error('deliberate console error')</script>", unsafe_allow_javascript=True)
st.html("<img src='http://198.51.100.1/outside.png'>")
st.title("This page is broken")
raise RuntimeError("deliberately broken")

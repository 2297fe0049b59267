"""A page that fails half-way, to prove that the tests would see it."""

import streamlit as st

st.title("What breaks?")
raise RuntimeError("broken on purpose")

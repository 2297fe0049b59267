"""Can it learn this?"""

import streamlit as st

st.title("Can it learn this?")

"""What does this model see in this sequence?"""

import streamlit as st

st.title("What does this model see in this sequence?")

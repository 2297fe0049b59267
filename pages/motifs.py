"""What did it learn?"""

import streamlit as st

st.title("What did it learn?")

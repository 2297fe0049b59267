"""A page with a figure of plotly and a picture, each with its downloads."""

import numpy as np
import streamlit as st

from seqviz_core.figures.logo import motif_logo_svg
from seqviz_core.figures.training import training_curve
from seqviz_core.ui.components import figure, picture_and_numbers, svg, text_colour, theme

curve = training_curve([1, 2, 3], [2.0, 1.0, 0.5], [2.1, 1.2, 0.7], [0.6, 0.8, 0.946], ceiling=0.961,
                       baseline=0.94, theme=theme())
st.title("Pictures")
figure(curve, "curve", lambda: {"epoch": [1, 2, 3]})
draw = lambda page: motif_logo_svg(np.eye(4)[:, [2, 0, 3, 0]], theme=page, text_colour=text_colour(page))
svg(draw(theme()))
picture_and_numbers("logo", draw, lambda: {"position": [1]})

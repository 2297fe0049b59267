"""Look inside neural networks that read DNA.

Works in a notebook without Streamlit. Arguments that recur everywhere:

X : float32, shape (N, 4, L)
    One-hot sequences in the order A, C, G, T; an unknown base is an all-zero column.
codes : uint8, shape (N, L)
    The same sequences as integers 0-3 (A, C, G, T) and 4 for an unknown base.
model : torch.nn.Module
    Anything with `logits = model(X)`, shape (N, classes). It is given back as it was: mode, device, gradients.
target : int
    Index of the logit that is explained.
seed : int
    The same seed gives the same numbers; no global random state is touched.
"""

__version__ = "0.1.0"

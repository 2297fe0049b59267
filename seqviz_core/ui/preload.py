"""Load the heavy libraries once, before a visitor needs them."""

import gc


def preload() -> None:
    """Import what the pages use, then take it all out of the garbage collector's sight.

    Without the freeze every full collection walks some 300,000 objects of torch, about 200 ms.
    """
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import torch

    torch.set_num_threads(1)  # many visitors at once: a thread each beats several for one
    gc.collect()
    gc.freeze()

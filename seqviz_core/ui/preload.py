"""Load the heavy libraries and the pretrained models once, before a visitor needs them."""

import gc


def preload() -> None:
    """Import what the pages use and fill the caches of the landing page, then hide it all from the garbage collector.

    Without the freeze every full collection walks some 300,000 objects of torch, about 200 ms.
    """
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import torch

    from .cached import filters_of, load, pretrained_ids

    torch.set_num_threads(1)  # many visitors at once: a thread each beats several for one
    torch.optim.LBFGS([torch.zeros(1, requires_grad=True)])  # loads what the first optimizer waits a second for
    for run_id in pretrained_ids():
        filters_of(load(run_id))
    gc.collect()
    gc.freeze()

"""TF-MoDISco in its light edition (modisco-lite, MIT), where the user has installed it; see `modisco_motifs`."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from ..datasets import Dataset
from ..errors import SeqVizError
from ..sequences import one_hot_encode
from .patterns import MIN_SITES, Explained, Frame, SeqletMotif, in_order, pattern_of
from .seqlets import FLANK, WINDOW

LEAST_MAPS = 2000
"""Maps it needs: in 1,000 of the shipped LSTM it found four of ten planted motifs, where `seqlet_motifs` found all ten."""


def why_no_modisco(maps: int) -> str | None:
    """Return why TF-MoDISco cannot run on this many maps, in one sentence; None where it can."""
    if find_spec("modiscolite") is None:
        return ("TF-MoDISco is not installed: it needs leidenalg and igraph, which are under the GPL, so SeqViz does not bring "
                "it along; `pip install modisco-lite==3.0.0` adds it.")
    if maps < LEAST_MAPS:
        return f"TF-MoDISco needs at least {LEAST_MAPS:,} maps to tell patterns apart; here are {maps:,}."
    return None


def modisco_motifs(data: Dataset, explained: Explained, *, min_sites: int = MIN_SITES, max_sites: int = 200,
                   runs: int = 2) -> list[SeqletMotif]:
    """Return TF-MoDISco's positive patterns in the form of `seqlet_motifs`, the one in most sequences first.

    runs : clusterings (Leiden) of which it keeps the best; its own default is 50
    Takes a minute or more: 78 s for 2,000 maps of 100 bases on one busy core (`seqlet_motifs`: about 1 s).
    Raises SeqVizError where it is not installed or the set is too small.
    """
    if reason := why_no_modisco(len(explained.row)):
        raise SeqVizError(reason)
    library = import_module("modiscolite.tfmodisco")  # an extra: not in requirements.txt
    letters = one_hot_encode(data.codes)[explained.row].transpose(0, 2, 1)
    positive, _ = library.TFMoDISco(one_hot=letters, hypothetical_contribs=explained.values.transpose(0, 2, 1).copy(),
                                    sliding_window_size=WINDOW, flank_size=FLANK, target_seqlet_fdr=0.05, n_leiden_runs=runs)
    frames = [_frame(pattern.seqlets) for pattern in positive or ()]
    return in_order([pattern_of(data, explained, frame, max_sites) for frame in frames], min_sites)


def _frame(seqlets: list) -> Frame:
    facts = np.array([(s.example_idx, s.start, -1 if s.is_revcomp else 1, s.end - s.start) for s in seqlets])
    score = np.array([float(np.sum(s.contrib_scores)) for s in seqlets])
    return Frame(facts[:, 0], facts[:, 1], facts[:, 2], score, int(facts[0, 3]))

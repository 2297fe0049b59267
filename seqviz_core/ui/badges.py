"""What stands at the right of a track's title: its truth score beside a null, and how far a method is from adding up."""

from functools import lru_cache

import numpy as np

from ..attribution import Attribution
from ..checks import TruthScore, truth_score
from ..datasets import Site, planted_mask

TRUTH_SEED = 0


def truth_badge(scores: np.ndarray, sites: list[Site], of: str = "") -> str:
    """Return "truth AUPRC 0.83, null 0.11" for scores (L,), or "" where no truth is known; `of` says of what."""
    score = truth_of(scores, sites)
    return f"{of}truth AUPRC {score.auprc:.2f}, null {score.null_auprc:.2f}" if score else ""


def truth_of(scores: np.ndarray, sites: list[Site]) -> TruthScore | None:
    """Return the truth score of scores (L,), or None where nothing or everything is planted."""
    mask = planted_mask(sites, len(scores))
    return _truth(scores.astype(np.float64).tobytes(), mask.tobytes()) if mask.any() and not mask.all() else None


@lru_cache(maxsize=512)
def _truth(scores: bytes, mask: bytes) -> TruthScore:
    """Remember scores: a hundred shuffles take 10 ms, and a rerun of the page asks for the same ones again."""
    return truth_score(np.frombuffer(scores), np.frombuffer(mask, dtype=bool), seed=TRUTH_SEED)


def gap_badge(attribution: Attribution) -> str:
    """Return how far the values are from adding up to the change of the logit, for the methods that promise it."""
    return "" if attribution.gap is None else f"completeness gap {attribution.gap[0]:+.2g} logits"

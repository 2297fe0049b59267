"""What the table of many sequences says in words, and its metrics; plain functions, no Streamlit."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from .batch_table import Scored
from .sentences import duration, is_absence, listed, subject

SHOWN = 3  # labels, or reasons, that are named; the rest are counted


def overall(label: str, model: Scored) -> str:
    """Return what one model calls, and how that fits the labels, in one sentence; `label` is its name in a sentence."""
    scores, classes = model.scores, model.task.classes
    read = int(scores.read.sum())
    if not read:
        return ""
    called = scores.called.sum(axis=0)
    telling = [c for c, name in enumerate(classes) if not is_absence(name, model.task)] or list(range(len(classes)))
    c = 1 if len(classes) == 2 else max(telling, key=lambda c: called[c])
    what = f"{called[c]:,} {classes[c]}" + (", its commonest call" if len(classes) > 2 and model.task.head == "softmax" else "")
    if model.task.head != "softmax":
        what += f", its commonest call, and nothing in {int((~scores.called.any(axis=1) & scores.read).sum()):,}"
    of = f"{read:,} sequences" if scores.finished else f"the {read:,} sequences scored so far"
    text = f"Of {of} {subject(label)[0].lower() + subject(label)[1:]} calls {what}"
    return text + ("." if model.judged is None else f"; {_against_labels(model)}.")


def _against_labels(model: Scored) -> str:
    judged = model.judged
    wrong = int((judged.known & ~judged.right).sum())
    if judged.confusion is None:
        places = " (whether each occurs, not where)" if model.task.head == "positions" else ""
        worst = max(judged.counts, key=lambda count: count.false_negatives + count.false_positives)
        text = f"against the labels{places}, {wrong:,} of {judged.n:,} have a false positive or a false negative"
        return text + (f", most often in {worst.name} ({worst.false_positives:,} false positives, "
                       f"{worst.false_negatives:,} false negatives)" if wrong else "")
    text = f"against the labels its accuracy is {judged.scores.accuracy:.2f} (n {judged.n:,}), with {wrong:,} false call"
    text += "" if wrong == 1 else "s"
    if wrong:
        mixed = judged.confusion - np.diag(np.diag(judged.confusion))
        true, called = np.unravel_index(mixed.argmax(), mixed.shape)
        text += f", most often {model.task.classes[called]} for {model.task.classes[true]} ({mixed.max():,})"
    return text


def metrics(models: Sequence[Scored]) -> Mapping[str, Sequence[str]]:
    """Return a row of figures for each model whose labels are known, chance in brackets; without any, no rows."""
    rows = [(model.name, *_figures(model)) for model in models if model.judged is not None]
    head = ("Model", "n", "Accuracy (commonest label)", "AUROC (chance)", "AUPRC (chance)", "MCC (chance)", "False calls")
    return {name: [row[i] for row in rows] for i, name in enumerate(head)}


def _figures(model: Scored) -> tuple[str, ...]:
    s, judged = model.judged.scores, model.judged
    wrong = int((judged.known & ~judged.right).sum())
    return (f"{judged.n:,}", f"{_number(s.accuracy)} ({_number(s.majority)})", f"{_number(s.auroc)} (0.500)",
            f"{_number(s.auprc)} ({_number(s.prevalence)})", f"{_number(s.mcc)} (0)", f"{wrong:,}")


def _number(value: float | None) -> str:
    return "not defined" if value is None or np.isnan(value) else f"{value:.3f}"


def class_by_class(model: Scored) -> Mapping[str, Sequence[str]]:
    """Return labelled, called, false positives and false negatives of every class of a model whose labels are known."""
    counts = model.judged.counts
    return {"Class": [c.name for c in counts], "Labelled": [f"{c.labelled:,}" for c in counts],
            "Called": [f"{c.called:,}" for c in counts], "False positives": [f"{c.false_positives:,}" for c in counts],
            "False negatives": [f"{c.false_negatives:,}" for c in counts]}


def remarks(models: Sequence[Scored]) -> list[str]:
    """Return what a reader should know: sequences that a model cannot read and why, and labels it does not know."""
    return [text for model in models for text in (*_unread(model), *_labels(model))]


def _unread(model: Scored) -> list[str]:
    found = Counter(model.scores.problems.values()).most_common(SHOWN)
    where = {reason: row for row, reason in reversed(model.scores.problems.items())}
    return [f"{subject(model.name)} cannot read {n:,} of {model.scores.n:,} sequences, the first is number "
            f"{where[reason] + 1:,}. {reason}" for reason, n in found]


def _labels(model: Scored) -> list[str]:
    truth = model.truth
    if truth is None:
        return []
    if not truth.strange:
        unknown = int((truth.has < 0).all(axis=1).sum())
        return [f"{unknown:,} headers have no label; they count in no figure of {model.name}."] if unknown else []
    more = [f"{len(truth.strange) - SHOWN:,} more"] if len(truth.strange) > SHOWN else []
    names = listed([f"\u201c{name[:40]}\u201d" for name in truth.strange[:SHOWN]] + more)
    verb = "is no class" if len(truth.strange) == 1 else "are no classes"
    return [f"{names} {verb} of {model.name}'s task (\u201c{model.task.label}\u201d): its answers are not compared with "
            f"{'that label' if len(truth.strange) == 1 else 'those labels'}."]


def progress(models: Sequence[Scored], share: float) -> tuple[float, str]:
    """Return how much is done (0 to 1) and e.g. "LSTM: 1,280 of 5,000, about 12 s left".

    share : of the time that is spent on the work.
    """
    done = sum(model.scores.done for model in models) / sum(model.scores.n for model in models)
    now = next((m for m in models if not m.scores.finished), models[-1])
    text = f"{now.name}: {now.scores.done:,} of {now.scores.n:,}"
    others = len(models) - 1
    left = now.scores.seconds_left
    if left is None or (others and now is not models[-1]):
        return done, text + (f" (model {models.index(now) + 1} of {len(models)})" if others else "")
    return done, f"{text}, about {duration(max(left / share, 1))} left"

"""What the picture says, in one computed sentence each; plain functions, no Streamlit."""

import math
from collections.abc import Sequence

from ..datasets import Site, Task
from ..experiments import Knockout
from ..figures.prediction import probability as figures
from ..training import Run, RunStatus
from ..training.verdict import headline


def verdict(label: str, class_name: str, probability: float, others: Sequence[tuple[str, str, float]], sites: Sequence[Site],
            class_names: Sequence[str], before: tuple[str, float] | None = None, other_strand: str = "") -> str:
    """Return what a model calls the sequence, whether that is what was planted, and whether the other models agree.

    others : (label, class name, probability) of the other models on the screen with the same classes.
    before : the class and the probability before the edits, None where nothing is edited.
    other_strand : what it calls on the other strand, "" where nobody asked.
    """
    text = f"{subject(label)} calls {class_name} ({figures(probability)}"
    if before:
        text += f"; before your edits {'' if before[0] == class_name else f'{before[0]}, '}{figures(before[1])}"
    text += ")"
    planted = list(dict.fromkeys(s.motif.name for s in sites if s.motif.name in class_names))
    if class_name in planted:
        text += ", which is what was planted" if len(planted) == 1 else ", one of the planted motifs"
    elif planted:
        text += f"; planted was {' and '.join(planted)}"
        text += f", on the reverse strand; reading that strand, it calls {other_strand}" if other_strand in planted else ""
    differing = [f"{subject(o)} calls {c} ({figures(p)})" for o, c, p in others if c != class_name]
    if not others:
        return text + "."
    return text + (". The other models agree." if not differing else f". {'. '.join(differing)}.")


def several(label: str, called: Sequence[tuple[str, float]], places: Sequence[int] | None, sites: Sequence[Site],
            class_names: Sequence[str]) -> str:
    """Return which labels a model calls, at which bases where it answers for every base, and which planted ones it misses.

    called : (label, probability), likeliest first; places : the 0-based base of each, or None.
    """
    at = [""] * len(called) if places is None else [f" at base {place + 1:,}" for place in places]
    names = [f"{name}{where} ({figures(p)})" for (name, p), where in zip(called, at)]
    text = f"{subject(label)} calls {listed(names)}" if names else f"{subject(label)} calls none of its labels"
    planted = list(dict.fromkeys(s.motif.name for s in sites if s.motif.name in class_names))
    missed = [name for name in planted if name not in dict(called)]
    extra = [name for name, _ in called if name not in planted]
    if planted:
        text += f"; it misses {listed(missed)}" if missed else "; it misses nothing that was planted"
        text += f", and calls {listed(extra)} without a planted site" if extra else ""
    return text + "."


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def subject(label: str, begins: bool = True) -> str:
    """Return a model's name where a sentence begins ("The CNN model", "Your CNN (One motif)") or goes on ("the CNN model")."""
    if label.startswith("your "):
        return label[0].upper() + label[1:] if begins else label
    return f"{'The' if begins else 'the'} {label} model"


def reason(class_name: str, called: str, knockout: Knockout | None, called_without: str, sites: Sequence[Site],
           filter_label: str) -> str:
    """Return which filter matters most for a class: where it fires, the logit without it, and whether the call changes.

    called : the class the model calls; called_without : the one it calls without the filter.
    """
    prefix = "" if class_name == called else f"For {class_name}, which it does not call: "
    if knockout is None:
        return f"{prefix}No single filter matters: zeroing any of the strongest does not lower the logit of {class_name}."
    name = filter_label if prefix else filter_label[0].upper() + filter_label[1:]
    if is_little(knockout) and called == called_without:
        return (f"{prefix}No single filter matters much: zeroing {filter_label}, which matters most, lowers the logit of "
                f"{class_name} from {knockout.logit:z.3g} to {knockout.logit_without:z.3g}.")
    where = on_sites(knockout.start, knockout.end, sites)
    verb = f"decides: without it the call is {called_without}" if class_name == called != called_without else "contributes most"
    places = 1 if abs(knockout.logit - knockout.logit_without) >= 0.1 else 3
    return (f"{prefix}{name} {verb}. It fires strongest at {knockout.start + 1:,} to {knockout.end:,}{where}; without it the "
            f"logit of {class_name} falls from {knockout.logit:z.{places}f} to {knockout.logit_without:z.{places}f}.")


def is_little(knockout: Knockout) -> bool:
    """Return whether the loss of the filter that matters most takes less than a twentieth of the logit."""
    return knockout.logit - knockout.logit_without < 0.05 * abs(knockout.logit)


def on_sites(start: int, end: int, sites: Sequence[Site]) -> str:
    """Return ", on the planted GATA2 site" where the bases start ... end (0-based, end excluded) cover half of one or more.

    Where they touch one by less, ", at the edge of" it; else "".
    """
    shared = [(s, min(end, s.end) - max(start, s.start)) for s in sites]
    covered = list(dict.fromkeys(s.motif.name for s, n in shared if 2 * n >= min(s.end - s.start, end - start)))
    touched = list(dict.fromkeys(s.motif.name for s, n in shared if n > 0))
    names, where = (covered, "on") if covered else (touched, "at the edge of")
    return f", {where} the planted {listed(names)} site{'s' if len(names) > 1 else ''}" if names else ""


def edits_changed(changes: Sequence[tuple[str, str, float, bool]]) -> str:
    """Return what the edits did: (label, class name, change of its logit, whether the call changed) of each model."""
    strongest = max(changes, key=lambda change: abs(change[2]))
    label, name, by, _ = strongest
    turned = [subject(c[0]) for c in changes if c[3]]
    text = f"Your edits change the logit of {name} most in {subject(label)[0].lower() + subject(label)[1:]} ({by:+.2f})"
    return text + (f"; they turn the call of {listed([t[0].lower() + t[1:] for t in turned])}." if turned else
                   "; no model calls otherwise than before.")


def is_absence(class_name: str, task: Task) -> bool:
    """Return whether a class means that no motif is there ("none", "background"), in a task whose classes are motifs."""
    names = {m.name for m in task.motifs}
    return class_name not in names and bool(names & set(task.classes))


def other_length(task: Task, length: int) -> str:
    """Return a warning where a sequence is of another length than those of the model's task, else ""."""
    if 0.8 <= length / task.length <= 1.25:
        return ""
    return f" Made for {task.length:,} bases, and this sequence has {length:,}: read the probabilities with care."


def trained_on(run: Run) -> str:
    """Return what a model was trained on."""
    task = run.spec.make_task()
    text = f"Trained on \u201c{task.label}\u201d, {task.length:,} bases, seed {run.spec.training.seed}."
    if run.spec.training.permute_labels:
        text += " A control run: the labels of its training sequences were permuted."
    if run.brought:
        text = f"Brought from elsewhere as a model of \u201c{task.label}\u201d, {task.length:,} bases; not trained here."
    if not getattr(task, "both_strands", False):
        text += " It has seen motifs on the given strand only: choose the reverse strand to try the other."
    return text


def is_beaten(status: RunStatus) -> bool:
    """Return whether the k-mer baseline did better by more than chance: two standard errors of a share of n_test.

    The best PWM is no rival here: it is given the planted motifs.
    """
    if status.kmer is None or status.test is None:
        return False
    reached, rival = (headline(scores, status.test.unbalanced) for scores in (status.test, status.kmer))
    return rival is not None and reached + 2 * math.sqrt(reached * (1 - reached) / status.n_test) < rival


def duration(seconds: float) -> str:
    """Return e.g. "42 s", "3 min 5 s" or "2 h 10 min"."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"

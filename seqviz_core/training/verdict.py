"""How far a run came, in a sentence or two: beside what was possible and what simple models reach."""

from .results import RunStatus, Scores

LEARNT = 0.55
"""An AUROC on thousands of sequences below this is hardly more than guessing: too large a learning rate seldom ends in nan."""
FEW = 20
"""Fewer positives than this in the test leave every figure to chance."""


def verdict(test: Scores, status: RunStatus, permuted: bool = False) -> str:
    """Return e.g. "Reached accuracy 0.930 of a possible 0.946; the 6-mer baseline has 0.810.".

    Where one answer is so common that accuracy says little, AUPRC is told instead, and what guessing would have.

    permuted : whether it is a control run, trained on permuted labels: then what was permuted is told, and nothing praised.
    """
    if permuted:
        return ("Control run: the labels of its training and validation sequences were permuted, those of the test sequences "
                f"were not. It reached AUROC {test.auroc:.2f}, guessing has 0.50.")
    sentences = [_reached(test, status)]
    if test.unbalanced:
        sentences.append(f"Accuracy says little here: the commonest answer for everything has {test.majority:.3f}.")
        positives = round(test.prevalence * status.n_test) if status.n_test and test.top_k is None else FEW
        if positives < FEW:
            sentences.append(f"There are only about {positives} positives in the test: read the figures with care.")
    if test.auroc < LEARNT:
        sentences.append(f"It learned next to nothing (AUROC {test.auroc:.2f}, guessing has 0.50): "
                         "try a smaller learning rate or more epochs.")
    return " ".join(sentences)


def headline(scores: Scores | None, unbalanced: bool) -> float | None:
    """Return the figure a run is judged by: the accuracy, or where classes are `unbalanced` the AUPRC; None if unknown."""
    if scores is None:
        return None
    return scores.auprc if unbalanced else scores.accuracy


def _reached(test: Scores, status: RunStatus) -> str:
    figure = lambda scores: headline(scores, test.unbalanced)
    possible = f" of a possible {figure(status.ceiling):.3f}" if figure(status.ceiling) is not None else ""
    rivals = [(status.kmer_name, figure(status.kmer)), (status.pwm_name, figure(status.pwm))]
    told = ", ".join(f"the {name} {value:.3f}" for name, value in rivals if value is not None)
    told = "; " + told.replace(" baseline ", " baseline has ", 1) if told else ""
    guessing = f"; guessing has {test.prevalence:.3f}, the share of positives" if test.unbalanced else ""
    return f"Reached {'AUPRC' if test.unbalanced else 'accuracy'} {figure(test):.3f}{possible}{told}{guessing}."

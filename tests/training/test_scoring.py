"""Loss and scores of each head against scikit-learn, torch and hand arithmetic; what is not asked for counts nowhere."""

import json
from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle

from seqviz_core.metrics import recall_at_fdr, top_k_accuracy
from seqviz_core.training.results import RunStatus, Scores, scores_from, status_from, to_plain
from seqviz_core.training.runs import pretrained_store
from seqviz_core.training.scoring import at_known_bases, loss_of, one_against_rest, scores_of

RNG = np.random.default_rng(0)
LABELS = RNG.permutation(np.arange(300) % 3)
LOGITS = RNG.normal(size=(300, 3)) + 1.5 * np.eye(3)[LABELS]
SEVERAL = (RNG.random((200, 4)) < 0.3).astype(np.float32)
SEVERAL_LOGITS = RNG.normal(size=(200, 4)) + 2 * SEVERAL - 1
BASES = np.where(RNG.random((20, 50)) < 0.05, RNG.integers(1, 3, (20, 50)), 0)
BASES_LOGITS = np.moveaxis(RNG.normal(size=(20, 50, 3)) + 2 * np.eye(3)[BASES], 2, 1)


def test_one_class_of_several_against_scikit_learn():
    scores, p = scores_of(LOGITS, LABELS), torch.tensor(LOGITS).softmax(1).numpy()
    called, onehot = p.argmax(1), np.eye(3)[LABELS]
    assert scores.accuracy == pytest.approx(oracle.accuracy_score(LABELS, called))
    assert scores.auroc == pytest.approx(oracle.roc_auc_score(LABELS, p, multi_class="ovr"))
    assert scores.auprc == pytest.approx(oracle.average_precision_score(onehot, p))
    assert scores.mcc == pytest.approx(oracle.matthews_corrcoef(LABELS, called))
    assert scores.balanced_accuracy == pytest.approx(oracle.balanced_accuracy_score(LABELS, called))
    assert scores.brier == pytest.approx(((p - onehot) ** 2).sum(1).mean() / 2)
    assert (scores.prevalence, scores.majority, scores.top_k) == (pytest.approx(1 / 3), pytest.approx(1 / 3), None)


def test_of_two_classes_the_second_is_the_positive_one():
    labels = (LABELS == 2).astype(np.int64)
    scores, difference = scores_of(LOGITS[:, :2], labels), LOGITS[:, 1] - LOGITS[:, 0]
    assert scores.auroc == pytest.approx(oracle.roc_auc_score(labels, difference))
    assert scores.auprc == pytest.approx(oracle.average_precision_score(labels, difference))
    assert scores.brier == pytest.approx(oracle.brier_score_loss(labels, 1 / (1 + np.exp(-difference))))
    assert scores.prevalence == pytest.approx(1 / 3) and scores.majority == pytest.approx(2 / 3)
    assert scores.recall_fdr25 == recall_at_fdr(difference, labels, 0.25)


def test_several_labels_at_once_against_scikit_learn():
    scores = scores_of(SEVERAL_LOGITS, SEVERAL)
    assert scores.accuracy == pytest.approx(((SEVERAL_LOGITS > 0) == SEVERAL).mean())
    assert scores.auroc == pytest.approx(oracle.roc_auc_score(SEVERAL, SEVERAL_LOGITS))
    assert scores.auprc == pytest.approx(oracle.average_precision_score(SEVERAL, SEVERAL_LOGITS))
    columns = list(zip(SEVERAL.T, (SEVERAL_LOGITS > 0).T))
    assert scores.mcc == pytest.approx(np.mean([oracle.matthews_corrcoef(y, called) for y, called in columns]))
    assert scores.prevalence == pytest.approx(SEVERAL.mean()) and scores.brier == pytest.approx(
        oracle.brier_score_loss(SEVERAL.ravel(), 1 / (1 + np.exp(-SEVERAL_LOGITS.ravel()))))


def test_classes_of_bases_are_those_of_the_flat_list_less_the_commonest():
    scores, flat = scores_of(BASES_LOGITS, BASES), np.moveaxis(BASES_LOGITS, 1, 2).reshape(-1, 3)
    p, labels = torch.tensor(flat).softmax(1).numpy(), BASES.ravel()
    assert scores.auroc == pytest.approx(np.mean([oracle.roc_auc_score(labels == c, p[:, c]) for c in (1, 2)]))
    assert scores.auprc == pytest.approx(np.mean([oracle.average_precision_score(labels == c, p[:, c]) for c in (1, 2)]))
    assert scores.top_k == pytest.approx(np.mean([top_k_accuracy(p[:, c], labels == c) for c in (1, 2)]))
    assert scores.accuracy == pytest.approx((flat.argmax(1) == labels).mean()) and scores.majority == (labels == 0).mean()
    assert [q.column for q in one_against_rest(BASES_LOGITS, BASES)] == [1, 2] and scores.unbalanced


def test_what_is_not_asked_for_counts_nowhere():
    """Poisoned logits under the masked labels: every figure and the loss are those of the rest alone."""
    few, noise = BASES.copy(), BASES_LOGITS.copy()
    few[:, 40:], noise[:, :, 40:] = -1, 1e6 * RNG.normal(size=(20, 3, 10))
    assert scores_of(noise, few) == scores_of(BASES_LOGITS[:, :, :40], BASES[:, :40])
    loss = lambda logits, labels: loss_of(torch.tensor(logits), torch.tensor(labels)).item()
    assert loss(noise, few) == pytest.approx(loss(BASES_LOGITS[:, :, :40], BASES[:, :40]))
    some, wild = np.concatenate([SEVERAL, -SEVERAL - 1]), np.concatenate([SEVERAL_LOGITS, 99 * SEVERAL_LOGITS])
    assert scores_of(wild, some) == scores_of(SEVERAL_LOGITS, SEVERAL)
    assert loss(wild, some) == pytest.approx(loss(SEVERAL_LOGITS, SEVERAL))


def test_unknown_bases_are_not_asked_for():
    codes = np.array([[0, 4, 2], [4, 1, 1]], dtype=np.uint8)
    assert at_known_bases(np.ones((2, 3), dtype=np.int64), codes).tolist() == [[1, -1, 1], [-1, 1, 1]]
    labels = np.ones((2, 3), dtype=np.float32)
    assert at_known_bases(labels, codes) is labels and at_known_bases(LABELS, codes) is LABELS


def test_losses_by_hand_and_against_torch():
    assert loss_of(torch.zeros(2, 3), torch.tensor([0, 2])).item() == pytest.approx(log(3))
    ours = loss_of(torch.tensor(SEVERAL_LOGITS), torch.tensor(SEVERAL))
    assert ours.item() == pytest.approx(torch.nn.BCEWithLogitsLoss()(torch.tensor(SEVERAL_LOGITS),
                                                                     torch.tensor(SEVERAL).double()).item())
    logits, labels = torch.tensor(BASES_LOGITS, requires_grad=True), torch.tensor(np.where(BASES == 2, -100, BASES))
    ours, theirs = loss_of(logits, labels), torch.nn.functional.cross_entropy(logits, labels)
    assert ours.item() == pytest.approx(theirs.item())
    assert torch.allclose(*(torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)), atol=1e-12)


def test_what_is_not_defined_is_not_made_up():
    one = scores_of(np.zeros((5, 2)), np.ones(5, dtype=np.int64))
    assert np.isnan(one.auroc) and one.mcc is one.balanced_accuracy is None and one.prevalence == 1
    nothing = scores_of(np.zeros((2, 3, 4)), np.full((2, 4), -1))
    assert np.isnan(nothing.accuracy) and np.isnan(nothing.auroc) and set(nothing[2:]) == {None}


def test_scores_come_back_from_json_whatever_was_measured():
    for scores in (scores_of(LOGITS, LABELS), scores_of(BASES_LOGITS, BASES), Scores(0.9, 0.95), Scores(0.9, 0.95, top_k=0.5)):
        status = RunStatus("done", created=1.0, test=scores, pwm=scores, pwm_name="best JASPAR motif", kmer_name="window")
        assert status_from(json.loads(json.dumps(to_plain(status)))) == status
    assert scores_from({"accuracy": 0.9, "auroc": 0.95}) == Scores(0.9, 0.95)
    old = replace(RunStatus("done", created=1.0), kmer_name="6-mer baseline")
    assert status_from({"state": "done", "created": 1.0, "n_epochs": 0}) == old


def test_the_shipped_runs_which_know_two_figures_still_load():
    (status, *_) = [run.status for run in pretrained_store().runs()]
    assert status.test.accuracy > 0.9 and status.kmer.auroc > 0.9 and status.kmer_name == "6-mer baseline"

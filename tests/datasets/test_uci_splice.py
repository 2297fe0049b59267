"""UCI splice junctions: the counts that others published, and the biology in the middle."""

import numpy as np

from seqviz_core.datasets import make_task
from seqviz_core.datasets.bundled import FOLDER
from seqviz_core.sequences import decode


def test_the_file_has_the_published_rows():
    with np.load(FOLDER / "uci_splice.npz") as file:
        assert np.bincount(file["labels"]).tolist() == [767, 768, 1655]  # EI, IE, N of the UCI notes
        assert len(set(decode(file["codes"]))) == 3005


def test_copies_and_the_one_contradiction_are_left_out():
    given = make_task("uci_splice", {}).given
    assert np.bincount(given.labels).tolist() == [679, 672, 1653] and given.codes.shape == (3004, 60)
    assert "184 are copies" in given.notices[0] and "2 hold one sequence under two labels" in given.notices[0]
    assert given.notices[1].startswith("15 sequences hold letters")


def test_donors_have_gt_and_acceptors_ag_beside_the_junction():
    given = make_task("uci_splice", {}).given
    assert given.classes == ("EI", "IE", "N")
    behind = [s[30:32] == "GT" for s in decode(given.codes)]
    before = [s[28:30] == "AG" for s in decode(given.codes)]
    assert np.mean(np.array(behind)[given.labels == 0]) > 0.98 and np.mean(np.array(before)[given.labels == 1]) > 0.99
    assert max(np.mean(np.array(found)[given.labels == 2]) for found in (behind, before)) < 0.1

"""A28: the effects of variants that models of planted motifs predict, against saturation mutagenesis of seven elements."""

from pathlib import Path

import numpy as np

from seqviz_core.experiments.measured import Agreement, agreement
from seqviz_core.experiments.measured_screen import predicted
from seqviz_core.sequences.measured import Measured, read_measured
from seqviz_core.sequences.variants import Variant
from seqviz_core.training import Run, pretrained_store

from .experiment import Budget, Row, experiment

FILE = "mpra_satmut/satmut_GRCh38_snv_7elements.tsv.gz"
ABSENCE = "none"


@experiment("A28", title="In-silico variant effects against saturation-mutagenesis MPRA",
            source="Kircher et al. 2019 (measurements)",
            recipe="Every measured substitution of seven elements; Spearman between log2 effect and change of a logit, over the "
                   "three shipped models",
            changes="The shipped models have seen ten planted motifs in random sequence, never an enhancer or promoter, so "
                    "little is to be expected. What is compared is how much a variant lowers the logit of \u201cnone\u201d, that "
                    "is, speaks for some motif: one figure chosen beforehand, not the best of ten classes. Each variant is read "
                    "in a window of 100 bases, as many as the models were trained on. The null is the 97.5% point with the "
                    "measurements turned along the element")
def measured_variants(budget: Budget) -> list[Row]:
    rows = []
    elements = read_measured(_file(budget.data).read_bytes()).elements
    for element in elements[:budget.size(len(elements), 1)]:
        found = [_agreement(run, element) for run in pretrained_store().runs()]
        budget.say(f"{element.name}: " + ", ".join(f"{a.spearman:.3f} (turned {a.low:.3f} to {a.high:.3f})" for a in found))
        rows += [Row(f"{element.name}, {found[0].n:,} variants, Spearman", "", tuple(a.spearman for a in found)),
                 Row(f"{element.name}, the null's 97.5%", "", tuple(a.high for a in found)),
                 Row(f"{element.name}, Spearman of the sizes", "", tuple(a.sizes for a in found))]
    return rows


def _agreement(run: Run, element: Measured) -> Agreement:
    """Return how the fall of the logit of "none" agrees with the measured effects of an element."""
    task = run.spec.make_task()
    variants = [Variant(position - element.first, ref, alt)
                for position, ref, alt in zip(element.positions.tolist(), element.refs, element.alts)]
    changes = predicted(run.load_model(), element.wild_type(), variants, task.classes.index(ABSENCE), task.length)
    return agreement(variants, -changes, np.asarray(element.values))


def _file(folder: Path) -> Path:
    path = folder / FILE
    if not path.exists():
        raise SystemExit(f"{folder} has no {FILE}; name the folder with --data")
    return path

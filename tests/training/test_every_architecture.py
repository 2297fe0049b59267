"""What must hold when any registered architecture is trained; a new one is tested with no test written."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from seqviz_core.models import ARCHITECTURES
from seqviz_core.training.scoring import loss_of

LENGTH, CLASSES = 63, 3
NO_FIXED_ORDER = ("nll_loss2d", "cumsum", "adaptive_max_pool", "adaptive_avg_pool", "reflection_pad", "replication_pad",
                  "upsample", "grid_sampler", "ctc_loss", "kthvalue", "median", "histc", "bincount", "put_", "max_unpool")
"""Beginnings of what PyTorch lists (use_deterministic_algorithms) as having no kernel on a GPU that gives equal bits twice."""
CASES = [(a.name, preset, per_base) for a in ARCHITECTURES for preset in a.presets for per_base in {False, a.per_position}]


class Heard(TorchDispatchMode):
    """Writes down every operation, those of the backward pass too."""

    def __init__(self):
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func._schema.name.removeprefix("aten::"))
        return func(*args, **kwargs or {})


def refused(names: set[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(NO_FIXED_ORDER))


@pytest.mark.parametrize("name, preset, per_base", CASES)
def test_a_step_takes_only_operations_that_a_gpu_repeats_to_the_last_bit(name, preset, per_base):
    """`fit` promises equal weights from equal arguments on a GPU too, where no test of ours may run."""
    entry = ARCHITECTURES[name]
    model = entry.make(entry.presets[preset], n_outputs=CLASSES, length=LENGTH, seed=0, per_position=per_base).train()
    X = torch.nn.functional.one_hot(torch.arange(4 * LENGTH).reshape(4, LENGTH) % 4, 4).float().transpose(1, 2)
    labels = torch.arange(4 * LENGTH).reshape(4, LENGTH) % CLASSES if per_base else torch.arange(4) % CLASSES
    with Heard() as heard:
        loss_of(model(X), labels).backward()
    assert refused(heard.names) == [] and any("backward" in name for name in heard.names)


def test_the_list_can_refuse():
    logits = torch.zeros(2, CLASSES, 5, requires_grad=True)
    with Heard() as heard:
        torch.nn.functional.cross_entropy(logits.cumsum(2), torch.zeros(2, 5, dtype=torch.int64)).backward()
    assert refused(heard.names) == ["cumsum", "nll_loss2d_backward", "nll_loss2d_forward"]

"""The gradient that the methods share, and the switch it needs on a GPU."""

import threading

import pytest
import torch
from torch import nn
from toy_models import Smooth, one_hot

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.attribution.gradient import cudnn_off, input_gradient

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def test_equals_finite_differences():
    model, X = Smooth(), torch.from_numpy(one_hot("ACGTTGCA", "TTTTACGA")).double()
    gradient = input_gradient(model, X, 1, batch_size=1)
    step = 1e-6
    for n, base, position in [(0, 0, 0), (0, 3, 4), (1, 2, 6), (1, 1, 7)]:
        up, down = X.clone(), X.clone()
        up[n, base, position] += step
        down[n, base, position] -= step
        with torch.no_grad():
            slope = (model(up)[n, 1] - model(down)[n, 1]) / (2 * step)
        assert gradient[n, base, position].item() == pytest.approx(slope.item(), abs=1e-8)


def test_cudnn_is_left_alone_on_the_cpu():
    before = torch.backends.cudnn.enabled
    with cudnn_off(torch.device("cpu")):
        assert torch.backends.cudnn.enabled == before


def test_cudnn_stays_off_until_the_last_thread_leaves():
    device, before = torch.device("cuda"), torch.backends.cudnn.enabled
    inside, leave = threading.Event(), threading.Event()

    def other():
        with cudnn_off(device):
            inside.set()
            leave.wait(10)
    thread = threading.Thread(target=other)
    with cudnn_off(device):
        thread.start()
        assert inside.wait(10)
        assert not torch.backends.cudnn.enabled
    assert not torch.backends.cudnn.enabled  # the other thread is still inside
    leave.set()
    thread.join()
    assert torch.backends.cudnn.enabled == before
    with pytest.raises(RuntimeError, match="toy"), cudnn_off(device):
        raise RuntimeError("toy")
    assert torch.backends.cudnn.enabled == before


class Reader(nn.Module):
    """A plain LSTM with a linear read-out of its last state."""

    def __init__(self):
        super().__init__()
        self.lstm, self.read_out = nn.LSTM(4, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, X):
        return self.read_out(self.lstm(X.transpose(1, 2))[0][:, -1])


@needs_gpu
@pytest.mark.parametrize("method", [m.name for m in METHODS if not m.supports(Reader())])
def test_an_lstm_on_a_gpu_in_eval_mode(method):
    model, X = Reader().eval(), one_hot("ACGTACGTAC")
    on_cpu = attribute(method, model, X, 0)
    on_gpu = attribute(method, model.cuda(), X, 0)
    assert abs(on_gpu.values - on_cpu.values).max() < 1e-4
    assert torch.backends.cudnn.enabled


@needs_gpu
def test_without_the_switch_the_gpu_test_would_fail():
    model, X = Reader().eval().cuda(), torch.from_numpy(one_hot("ACGTACGTAC")).cuda()
    with pytest.raises(RuntimeError, match="cudnn RNN backward"):
        input_gradient(model, X, 0, batch_size=1)

"""Convolution blocks, residual units and heads against their parts, written out."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from seqviz_core.errors import SeqVizError
from seqviz_core.models import recording
from seqviz_core.models.architecture import initialise
from seqviz_core.models.conv_blocks import ConvBlock, ConvLayer, ResidualUnit, ValidConv1d, dense_head, global_head, head_for
from seqviz_core.models.internals import Span, name_probes


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def ready(module: nn.Module) -> nn.Module:
    """Return the module with weights, with statistics that are not those of a fresh normalisation, in eval mode."""
    initialise(module, seed=1)
    for m in module.modules():
        if isinstance(m, nn.BatchNorm1d):
            m.running_mean.copy_(noise(m.num_features)), m.running_var.copy_(noise(m.num_features).abs() + 0.5)
    return name_probes(module).eval()


@torch.no_grad()
def recorded_run(module: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    with recording() as recorded:
        out = module(x)
    return out, next(iter(recorded.values())).value


def test_a_valid_convolution_is_pytorchs_and_fills_up_what_is_too_short():
    conv, x = ready(ValidConv1d(4, 3, 5, at_least=2)), noise(2, 4, 12)
    assert torch.equal(conv(x), F.conv1d(x, conv.weight, conv.bias)) and conv(x).shape == (2, 3, 8)
    for length in (1, 4, 5):
        filled = F.pad(x[..., :length], (0, 6 - length))
        assert torch.equal(conv(x[..., :length]), F.conv1d(filled, conv.weight, conv.bias))


@pytest.mark.parametrize("early", [False, True])
def test_a_block_is_convolution_normalisation_activation_pooling(early):
    block, x = ready(ConvBlock(4, ConvLayer(6, 5, 4, 0.5, "softplus", norm=True, early_dropout=early), Span())), noise(2, 4, 30)
    out, shown = recorded_run(block, x)
    by_hand = F.conv1d(F.pad(x, (2, 2)), block.conv.weight, block.conv.bias)
    mean, var = block.norm.running_mean[:, None], block.norm.running_var[:, None]
    by_hand = F.softplus((by_hand - mean) / (var + 1e-5).sqrt())
    assert torch.allclose(shown, by_hand, atol=1e-5)
    assert out.shape == (2, 6, 8) and torch.equal(out[..., 7], shown[..., 28:].amax(-1))
    dropped = (block.train()(x) == 0).float().mean()  # early, a pool is zero only if all four of its positions are dropped
    assert dropped < 0.25 if early else dropped > 0.3


@pytest.mark.parametrize("layer", [
    ConvLayer(2, 5), ConvLayer(2, 4, 3), ConvLayer(2, 3, 6, step=2), ConvLayer(2, 3, 5, step=1),
    ConvLayer(2, 5, same=False), ConvLayer(2, 4, 3, same=False)])
def test_positions_are_what_comes_out(layer):
    block = ready(ConvBlock(4, layer, Span()))
    assert [block(noise(1, 4, p)).shape[-1] for p in range(1, 40)] == [layer.positions(p) for p in range(1, 40)]


def test_overlapping_pools_are_centred_on_their_step():
    """Pools of 6 every 2 positions: unit p is the largest of positions 2p - 2 ... 2p + 3."""
    block = ready(ConvBlock(4, ConvLayer(3, 1, 6, step=2), Span()))
    out, shown = recorded_run(block, noise(1, 4, 20))
    assert torch.equal(out[..., 0], shown[..., :4].amax(-1)) and torch.equal(out[..., 4], shown[..., 6:12].amax(-1))
    assert block.span == Span(2, -2, 6)


@pytest.mark.parametrize("norm", [False, True])
def test_a_residual_unit_adds_to_what_came_in(norm):
    unit, x = ready(ResidualUnit(5, 3, 2, Span(), norm=norm)), noise(2, 5, 20)
    plain = ResidualUnit(5, 3, 2, Span(), norm=norm, skip=False).eval()
    plain.load_state_dict(unit.state_dict())
    with torch.no_grad():
        assert torch.allclose(unit(x), x + plain(x), atol=1e-6)
        y = x
        for n, conv in ((unit.norm1, unit.conv1), (unit.norm2, unit.conv2)):
            y = F.conv1d(n(y).clamp(min=0), conv.weight, conv.bias, padding=2, dilation=2)
        assert torch.allclose(plain(x), y, atol=1e-6)
    assert unit.span == Span(1, -4, 9)  # twice two positions to either side


def test_heads_by_hand():
    x = noise(2, 3, 4)
    flat = ready(dense_head(3, 5, [7], 2, 40))
    filled = F.pad(x, (0, 1)).flatten(1)
    hidden = F.linear(filled, flat[1][0].weight, flat[1][0].bias).relu()
    assert torch.allclose(flat(x), F.linear(hidden, flat[2].weight, flat[2].bias))
    with pytest.raises(SeqVizError, match="at most 40 bases"):
        flat(noise(1, 3, 6))
    best, mean, each = ready(global_head(3, 2, "max")), ready(global_head(3, 2, "mean")), ready(head_for(True, 3, 2, "max"))
    assert torch.allclose(best(x), F.linear(x.amax(-1), best[2].weight, best[2].bias))
    assert torch.allclose(mean(x), F.linear(x.sum(-1) / 4, mean[2].weight, mean[2].bias))
    assert torch.allclose(each(x)[..., 1], F.linear(x[..., 1], each.weight[..., 0], each.bias), atol=1e-6)

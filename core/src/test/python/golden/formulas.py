"""What PyTorch 1.13 lacks, each by the formula of its paper, differentiated by autograd."""
import math

import torch
from torch import nn
from torch.nn import functional as F


def causal(n):
    """(n, n), True above the diagonal: True is *hidden*, as attn_mask of nn.MultiheadAttention reads it."""
    return torch.ones(n, n, dtype=torch.bool).triu(1)


class RMSNorm(nn.Module):
    """Zhang and Sennrich 2019, arXiv:1910.07467: x / sqrt(mean(x^2) + eps) * weight over the last axis."""

    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        return x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def sinusoidal(length, dim):
    """Vaswani et al. 2017, section 3.5: sin(pos / 10000^(2i/dim)) at 2i and its cos at 2i + 1."""
    angle = _angles(torch.arange(length), dim, 10000.0)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(-2)


def _angles(positions, dim, base):
    inverse = base ** (-torch.arange(0, dim, 2).double() / dim)
    return positions.double()[:, None] * inverse        # (T, dim / 2)


def rotary_interleaved(x, start=0, base=10000.0):
    """Su et al. 2021, arXiv:2104.09864, eq. 34: pairs (0, 1), (2, 3), ... turn, as in GPT-J.

    x (..., T, D), of positions start to start + T - 1.
    """
    angle = _angles(torch.arange(start, start + x.size(-2)), x.size(-1), base)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1).flatten(-2)


def rotary_half(x, start=0, base=10000.0):
    """The same turn with pairs (0, D/2), (1, D/2 + 1), ..., as in GPT-NeoX and Llama. x (..., T, D)."""
    angle = _angles(torch.arange(start, start + x.size(-2)), x.size(-1), base)
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def attention(q, k, v, is_causal=False):
    """softmax(q kT / sqrt(D)) v; q (B, H, T, D), k and v (B, G, S, D): query head h reads group h // (H / G).

    Ainslie et al. 2023, arXiv:2305.13245; PyTorch 2.5: scaled_dot_product_attention(enable_gqa=True).
    """
    repeats = q.size(1) // k.size(1)
    k, v = k.repeat_interleave(repeats, 1), v.repeat_interleave(repeats, 1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if is_causal:
        scores = scores.masked_fill(causal(q.size(-2)), -math.inf)
    return scores.softmax(-1) @ v


class GroupedQueryAttention(nn.Module):
    """Causal self-attention with `heads` query heads and `groups` key and value heads, named as in Llama."""

    def __init__(self, dim, heads, groups, rotary=False):
        super().__init__()
        self.head = dim // heads
        self.rotary = rotary_half if rotary else lambda x: x
        self.q_proj = nn.Linear(dim, heads * self.head, bias=False)
        self.k_proj = nn.Linear(dim, groups * self.head, bias=False)
        self.v_proj = nn.Linear(dim, groups * self.head, bias=False)
        self.o_proj = nn.Linear(heads * self.head, dim, bias=False)

    def forward(self, x):
        q, k, v = (project(x).unflatten(-1, (-1, self.head)).transpose(1, 2)    # (B, H or G, T, D)
                   for project in (self.q_proj, self.k_proj, self.v_proj))
        y = attention(self.rotary(q), self.rotary(k), v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).flatten(-2))


def packed(rnn, x, lengths, *state):
    """An RNN over padded sequences of unequal length: outputs beyond are 0, states each one's last."""
    batch_first = rnn.batch_first
    x = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False)
    y, last = rnn(x, *state)
    y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first)
    return flat((y, last))


def flat(result):
    """(y, h) or (y, (h, c)) of an RNN as one tuple."""
    y, last = result
    return (y, *last) if isinstance(last, tuple) else (y, last)


def sigmoid_focal_loss(x, y, alpha=0.25, gamma=2.0):
    """Lin et al. 2017, arXiv:1708.02002, eq. 5, element by element, as torchvision.ops.sigmoid_focal_loss."""
    p = torch.sigmoid(x)
    p_t = p * y + (1 - p) * (1 - y)
    loss = F.binary_cross_entropy_with_logits(x, y, reduction="none") * (1 - p_t) ** gamma
    return loss if alpha < 0 else (alpha * y + (1 - alpha) * (1 - y)) * loss


def hinge(x, y):
    """mean(max(0, 1 - y x)) with labels y of -1 or 1 (Cortes and Vapnik 1995)."""
    return (1 - y * x).clamp(min=0).mean()


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p.sub_(group["lr"] * (update + group["weight_decay"] * p))
                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)

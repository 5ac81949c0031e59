"""Writes recognition.safetensors: what recognisers compute, and how their weights are to move, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 speech/src/test/python/recognition_goldens.py

Deep Speech 2, reading both ways and forwards with a row convolution, the Conformer and Listen, Attend and Spell,
written out from their papers, in training mode without dropout, with random weights, in float64 and stored as float32.

| key | meaning |
|---|---|
| `x`, `lengths` | (2, 12, 40), 0 behind the end, and (2) |
| `y`, `text_lengths` | symbols (2, 4), and (2) |
| `<model>/param.<name>` | weights |
| `<model>/scores` | of the frames, before the softmax |
| `<model>/loss` | CTC's; of LAS 0.7 of the symbols' and 0.3 of CTC's |
| `<model>/grad.<name>` | of the loss |
"""
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

BANDS, CLASSES = 12, 5


def ceil(n, by):
    return torch.div(n + by - 1, by, rounding_mode="floor")


def within(lengths, size):
    return (torch.arange(size)[None] < lengths[:, None]).double()


def run(rnn, x, lengths):
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=x.shape[1])[0]


class DeepSpeech2(nn.Module):
    def __init__(self, channels=4, hidden=6, layers=2, stride=3, lookahead=0):
        super().__init__()
        self.stride, self.lookahead = stride, lookahead
        self.conv1 = nn.Conv2d(1, channels, 11, stride=(2, stride), padding=5, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 11, stride=(2, 1), padding=5, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        width, both = channels * 3, lookahead == 0
        self.rnns, self.norms = nn.ModuleList(), nn.ModuleList()
        for i in range(layers):
            if i > 0:
                self.norms.append(nn.BatchNorm1d(width))
            self.rnns.append(nn.GRU(width, hidden, batch_first=True, bidirectional=both))
            width = hidden * (2 if both else 1)
        if lookahead:
            self.row = nn.Conv1d(width, width, lookahead + 1, groups=width, bias=False)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x, lengths):
        n = ceil(lengths, self.stride)
        y = self.norm1(self.conv1(x[:, None])).clamp(0, 20)
        y = y * within(n, y.shape[3])[:, None, None]
        y = self.norm2(self.conv2(y)).clamp(0, 20)
        y = y * within(n, y.shape[3])[:, None, None]
        y = y.permute(0, 3, 1, 2).flatten(2)
        for i, rnn in enumerate(self.rnns):
            if i > 0:
                y = self.norms[i - 1](y.transpose(1, 2)).transpose(1, 2)
            y = run(rnn, y, n)
        if self.lookahead:  # r_t = sum over j of w_j * h_(t + j), as the paper writes it
            size = y.shape[1]
            later = F.pad(y, (0, 0, 0, self.lookahead))
            y = sum(self.row.weight[:, 0, j] * later[:, j:j + size] for j in range(self.lookahead + 1))
        return self.head(y), n


class RelativeAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for name in ("query", "key", "value", "out"):
            setattr(self, name, nn.Linear(width, width))
        self.position = nn.Linear(width, width, bias=False)
        self.content_bias = nn.Parameter(torch.randn(heads, 1, width // heads))
        self.position_bias = nn.Parameter(torch.randn(heads, 1, width // heads))

    def forward(self, x, lengths):
        batch, frames, width = x.shape
        size = width // self.heads
        q, k, v = (layer(x).view(batch, frames, self.heads, size).transpose(1, 2)
                   for layer in (self.query, self.key, self.value))
        distance = (torch.arange(frames)[:, None] - torch.arange(frames)[None]).double()  # i - j
        angles = distance[..., None] * torch.exp(torch.arange(0, width, 2).double() * (-math.log(10_000) / width))
        p = self.position(torch.cat([angles.sin(), angles.cos()], -1)).view(frames, frames, self.heads, size)
        content = torch.einsum("bhid,bhjd->bhij", q + self.content_bias, k)
        place = torch.einsum("bhid,ijhd->bhij", q + self.position_bias, p)
        scores = (content + place) / math.sqrt(size)
        scores = scores.masked_fill(within(lengths, frames)[:, None, None] == 0, -math.inf)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class ConformerBlock(nn.Module):
    def __init__(self, width, heads, kernel):
        super().__init__()
        for name in ("first", "second"):
            setattr(self, name + "_norm", nn.LayerNorm(width))
            setattr(self, name + "_in", nn.Linear(width, 4 * width))
            setattr(self, name + "_out", nn.Linear(4 * width, width))
        self.attention_norm, self.conv_norm, self.norm = (nn.LayerNorm(width) for _ in range(3))
        self.attention = RelativeAttention(width, heads)
        self.pointwise_in = nn.Conv1d(width, 2 * width, 1)
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.batch_norm = nn.BatchNorm1d(width)
        self.pointwise_out = nn.Conv1d(width, width, 1)

    def forward(self, x, lengths):
        y = x + 0.5 * self.first_out(F.silu(self.first_in(self.first_norm(x))))
        y = y + self.attention(self.attention_norm(y), lengths)
        gated = F.glu(self.pointwise_in(self.conv_norm(y).transpose(1, 2)), 1) * within(lengths, x.shape[1])[:, None]
        y = y + self.pointwise_out(F.silu(self.batch_norm(self.depthwise(gated)))).transpose(1, 2)
        y = y + 0.5 * self.second_out(F.silu(self.second_in(self.second_norm(y))))
        return self.norm(y)


class Conformer(nn.Module):
    def __init__(self, width=8, heads=2, layers=2, kernel=5):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(8, 8, 3, stride=2, padding=1)
        self.add_module("in", nn.Linear(8 * 3, width))
        self.blocks = nn.ModuleList(ConformerBlock(width, heads, kernel) for _ in range(layers))
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x, lengths):
        y, n = x[:, None], lengths
        for conv in (self.conv1, self.conv2):
            n = ceil(n, 2)
            y = F.relu(conv(y))
            y = y * within(n, y.shape[3])[:, None, None]
        y = self.get_submodule("in")(y.permute(0, 3, 1, 2).flatten(2))
        for block in self.blocks:
            y = block(y, n)
        return self.head(y), n


class Location(nn.Module):
    def __init__(self, state, frame, width):
        super().__init__()
        self.query = nn.Linear(state, width)
        self.key = nn.Linear(frame, width, bias=False)
        self.location = nn.Conv1d(1, 10, 15, padding=7)
        self.location_key = nn.Linear(10, width, bias=False)
        self.energy = nn.Linear(width, 1, bias=False)

    def forward(self, state, before, h, lengths):
        where = self.location_key(self.location(before[:, None]).transpose(1, 2))
        e = self.energy(torch.tanh(self.query(state)[:, None] + self.key(h) + where))[..., 0]
        return e.masked_fill(within(lengths, e.shape[1]) == 0, -math.inf).softmax(1)


class Las(nn.Module):
    def __init__(self, hidden=6, pyramid=2, width=8, attention=7):
        super().__init__()
        self.width = width
        sizes = [BANDS] + [2 * hidden] * pyramid
        self.listener = nn.ModuleList(nn.LSTM(2 * size, hidden, batch_first=True, bidirectional=True)
                                      for size in sizes[:-1])
        self.embedding = nn.Embedding(CLASSES, width)
        self.cell = nn.LSTMCell(width + 2 * hidden, width)
        self.attention = Location(width, 2 * hidden, attention)
        self.spell = nn.Linear(width + 2 * hidden, CLASSES)
        self.frames = nn.Linear(2 * hidden, CLASSES)

    def forward(self, x, lengths, y):
        h, n = x.transpose(1, 2), lengths
        for layer in self.listener:
            h = F.pad(h, (0, 0, 0, h.shape[1] % 2))
            h = h.reshape(h.shape[0], h.shape[1] // 2, 2 * h.shape[2])
            n = ceil(n, 2)
            h = run(layer, h, n)
        batch = len(x)
        state = (torch.zeros(batch, self.width).double(), torch.zeros(batch, self.width).double())
        context = torch.zeros(batch, h.shape[2]).double()
        weights = F.one_hot(torch.zeros(batch).long(), h.shape[1]).double()
        symbols = []
        for before in torch.cat([torch.zeros(batch, 1).long(), y], 1).T:
            state = self.cell(torch.cat([self.embedding(before), context], 1), state)
            weights = self.attention(state[0], weights, h, n)
            context = (weights[..., None] * h).sum(1)
            symbols.append(self.spell(torch.cat([state[0], context], 1)))
        return torch.stack(symbols, 1), self.frames(h), n


def ctc(scores, n, y, text_lengths):
    return F.ctc_loss(scores.log_softmax(2).transpose(0, 1), y, n, text_lengths, zero_infinity=True)


def main():
    torch.manual_seed(5)
    lengths, text_lengths = torch.tensor([21, 40]), torch.tensor([2, 4])
    x = torch.randn(2, BANDS, 40).float().double() * within(lengths, 40)[:, None]
    y = torch.tensor([[2, 3, 0, 0], [4, 1, 3, 2]])
    tensors = {"x": x, "lengths": lengths, "y": y, "text_lengths": text_lengths}
    for name, model in (("deep_speech", DeepSpeech2()), ("lookahead", DeepSpeech2(lookahead=4)),
                        ("conformer", Conformer()), ("las", Las())):
        for p in model.parameters():  # as they will be stored
            p.data = (torch.randn(p.shape) * 0.3 + (1 if p.ndim == 1 and p.numel() == 4 else 0)).float().double()
        model.double().train()
        tensors |= {f"{name}/param.{key}": value.clone() for key, value in model.state_dict().items()}
        if name == "las":
            symbols, scores, n = model(x, lengths, y)
            targets = F.pad(y, (0, 1))
            counted = within(text_lengths + 1, targets.shape[1])
            each = F.cross_entropy(symbols.transpose(1, 2), targets, reduction="none") * counted
            loss = 0.7 * each.sum() / counted.sum() + 0.3 * ctc(scores, n, y, text_lengths)
            tensors["las/symbols"] = symbols.detach()
        else:
            scores, n = model(x, lengths)
            loss = ctc(scores, n, y, text_lengths)
        loss.backward()
        tensors |= {name + "/scores": scores.detach(), name + "/loss": loss.detach()}
        tensors |= {f"{name}/grad.{key}": p.grad for key, p in model.named_parameters()}
    stored = {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    path = files.safetensors(folder / "recognition.safetensors", stored,
                             {"command": "python3 speech/src/test/python/recognition_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

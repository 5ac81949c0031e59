"""Writes clips.safetensors: what networks over short clips compute, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 speech/src/test/python/clip_goldens.py

DS-CNN, BC-ResNet and ECAPA-TDNN, written from their papers, in evaluation mode, with random weights and statistics, in
float64 and stored as float32.

| key | meaning |
|---|---|
| `x`, `x40` | (2, 20, 30) and (2, 40, 25) |
| `<model>/param.<name>` | weights and running statistics |
| `<model>/y` | logits, or vectors of length 1 |
"""
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402


class Net:
    """Makes each weight when it is first asked for."""

    def __init__(self):
        self.p = {}

    def weight(self, name, *shape, mean=0.0, std=0.3):
        if name not in self.p:
            self.p[name] = (torch.randn(*shape) * std + mean).float().double()
        return self.p[name]

    def conv(self, x, name, out, kernel, groups=1, bias=False, **options):
        w = self.weight(name + ".weight", out, x.shape[1] // groups, *kernel)
        b = self.weight(name + ".bias", out) if bias else None
        return (F.conv2d if len(kernel) == 2 else F.conv1d)(x, w, b, groups=groups, **options)

    def norm(self, x, name):
        c = x.shape[1]
        mean = self.weight(name + ".running_mean", c)
        var = self.weight(name + ".running_var", c, mean=2.0, std=0.1).abs()
        self.p[name + ".num_batches_tracked"] = torch.tensor(7)
        return F.batch_norm(x, mean, var, self.weight(name + ".weight", c, mean=1.0), self.weight(name + ".bias", c))

    def linear(self, x, name, out):
        return F.linear(x, self.weight(name + ".weight", out, x.shape[-1]), self.weight(name + ".bias", out))


def ds_cnn(n, x, channels=6, blocks=2, classes=4):
    y = F.relu(n.norm(n.conv(x[:, None], "body.0", channels, (4, 10), stride=2, padding=(1, 4)), "body.1"))
    for i in range(blocks):
        at = 3 + 6 * i
        y = F.relu(n.norm(n.conv(y, f"body.{at}", channels, (3, 3), groups=channels, padding=1), f"body.{at + 1}"))
        y = F.relu(n.norm(n.conv(y, f"body.{at + 3}", channels, (1, 1)), f"body.{at + 4}"))
    return n.linear(y.mean((2, 3)), "classifier", classes)


def broadcast(n, x, name, out, stride, dilation, changes):
    y = F.relu(n.norm(n.conv(x, name + ".change.0", out, (1, 1)), name + ".change.1")) if changes else x
    y = n.conv(y, name + ".over_bands.0", out, (3, 1), groups=out, stride=(stride, 1), padding=(1, 0))
    shape = y.shape
    split = y.reshape(shape[0], shape[1] * 5, shape[2] // 5, shape[3])
    bands = n.norm(split, name + ".over_bands.1.norm").reshape(shape)
    t = n.conv(bands.mean(2, keepdim=True), name + ".over_time.0", out, (1, 3), groups=out, dilation=(1, dilation),
               padding=(0, dilation))
    t = n.conv(F.silu(n.norm(t, name + ".over_time.1")), name + ".mix", out, (1, 1))
    return F.relu(bands + t + (0 if changes else x))


def bc_resnet(n, x, scale=1, classes=4):
    y = F.relu(n.norm(n.conv(x[:, None], "stem.0", 16 * scale, (5, 5), stride=(2, 1), padding=2), "stem.1"))
    at = 0
    for stage, (depth, width, stride) in enumerate(((2, 8, 1), (2, 12, 2), (4, 16, 2), (4, 20, 1))):
        for i in range(depth):
            y = broadcast(n, y, f"blocks.{at}", width * scale, stride if i == 0 else 1, 2 ** stage, i == 0)
            at += 1
    y = n.conv(y, "head.0", y.shape[1], (5, 5), groups=y.shape[1], padding=(0, 2))
    y = F.relu(n.norm(n.conv(y, "head.1", 32 * scale, (1, 1)), "head.2"))
    return n.conv(y.mean((2, 3), keepdim=True), "classifier", classes, (1, 1), bias=True)[:, :, 0, 0]


def ecapa(n, x, channels=16, width=6):
    def block(y, name, out, kernel, dilation):
        z = n.conv(y, name + ".0", out, (kernel,), bias=True, dilation=dilation, padding=dilation * (kernel - 1) // 2)
        return n.norm(F.relu(z), name + ".2")

    y = block(x - x.mean(2, keepdim=True), "first", channels, 5, 1)
    all_, total = [], y
    for i in range(3):
        name = f"blocks.{i}"
        groups = block(total, name + ".in", channels, 1, 1).chunk(8, 1)
        heard = [groups[0]]
        for g in range(1, 8):
            own = groups[g] if g == 1 else groups[g] + heard[-1]
            heard.append(block(own, f"{name}.parts.{g - 1}", channels // 8, 3, i + 2))
        z = block(torch.cat(heard, 1), name + ".out", channels, 1, 1)
        s = F.relu(n.conv(z.mean(2, keepdim=True), name + ".squeeze", channels, (1,), bias=True))
        z = z * torch.sigmoid(n.conv(s, name + ".excite", channels, (1,), bias=True)) + total
        all_.append(z)
        total = total + z
    h = F.relu(n.conv(torch.cat(all_, 1), "join.0", 3 * channels, (1,), bias=True))
    mean = h.mean(2, keepdim=True)
    deviation = ((h - mean) ** 2).mean(2, keepdim=True).clamp(min=1e-6).sqrt()
    a = n.conv(torch.cat([h, mean.expand_as(h), deviation.expand_as(h)], 1), "attention.0", channels, (1,), bias=True)
    a = torch.tanh(n.norm(F.relu(a), "attention.2"))
    a = n.conv(a, "attention.4", 3 * channels, (1,), bias=True).softmax(2)
    centre = (h * a).sum(2)
    spread = ((h ** 2 * a).sum(2) - centre ** 2).clamp(min=1e-6).sqrt()
    pooled = n.norm(torch.cat([centre, spread], 1), "pooled_norm")
    return F.normalize(n.norm(n.linear(pooled, "embedding", width), "norm"), dim=1)


def main():
    torch.manual_seed(2)
    x, x40 = torch.randn(2, 20, 30).float().double(), torch.randn(2, 40, 25).float().double()
    tensors = {"x": x, "x40": x40}
    for name, net, given in (("ds_cnn", ds_cnn, x), ("bc_resnet", bc_resnet, x40), ("ecapa", ecapa, x)):
        n = Net()
        tensors[name + "/y"] = net(n, given)
        tensors |= {f"{name}/param.{key}": value for key, value in n.p.items()}
    stored = {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    path = files.safetensors(folder / "clips.safetensors", stored,
                             {"command": "python3 speech/src/test/python/clip_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

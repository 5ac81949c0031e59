"""Writes hifi.safetensors: what a tiny HiFi-GAN generator and its discriminators compute, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 speech/src/test/python/hifi_goldens.py

Written from the paper, in float64 from float32 weights, stored as float32. Names are Merapi's.

| key | meaning |
|---|---|
| `bands`, `samples` | (2, 5, 6), and (2, 1, 48) that the generator makes of them, by 4 and 2 |
| `wave` | (2, 1, 600) |
| `score.<i>`, `feature.<i>` | what each discriminator says of it, and its second layer |
| `generator/…`, `discriminators/…` | weights |
"""
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

p = {}


def weight(name, *shape, mean=0.0, std=0.2):
    if name not in p:
        p[name] = (torch.randn(*shape) * std + mean).float().double()
    return p[name]


def normed(x, name, out, kernel, dilation=1):
    v = weight(name + ".weight_v", out, x.shape[1], kernel)
    g = weight(name + ".weight_g", out, 1, 1, mean=1.0)
    w = g * v / v.pow(2).sum((1, 2), keepdim=True).sqrt()
    return F.conv1d(x, w, weight(name + ".bias", out), dilation=dilation, padding=dilation * (kernel - 1) // 2)


def generator(bands, channels=8, rates=(4, 2)):
    x = normed(bands, "generator/before", channels, 7)
    for i, rate in enumerate(rates):
        channels //= 2
        w = weight(f"generator/ups.{i}.weight", x.shape[1], channels, 2 * rate)
        y = F.conv_transpose1d(F.leaky_relu(x, 0.1), w, weight(f"generator/ups.{i}.bias", channels), stride=rate,
                               padding=rate // 2)
        total = 0
        for j, kernel in enumerate((3, 7, 11)):
            z = y
            for k, dilation in enumerate((1, 3, 5)):
                name = f"generator/blocks.{i}.{j}."
                a = normed(F.leaky_relu(z, 0.1), f"{name}first.{k}", channels, kernel, dilation)
                z = z + normed(F.leaky_relu(a, 0.1), f"{name}second.{k}", channels, kernel)
            total = total + z
        x = total / 3
    return torch.tanh(normed(F.leaky_relu(x, 0.1), "generator/after", 1, 7))


def layers(x, convolved, count):
    features = []
    for i in range(count):
        x = convolved(x, i)
        if i < count - 1:
            x = F.leaky_relu(x, 0.1)
        features.append(x)
    return x, features[1]


def discriminators(wave, widths=(4, 16, 32, 64)):
    said = []
    for i, period in enumerate((2, 3, 5, 7, 11)):
        fill = -wave.shape[2] % period
        whole = F.pad(wave, (0, fill), mode="reflect") if fill else wave
        folded = whole.view(wave.shape[0], 1, -1, period)

        def of_period(x, at):
            out, kernel = (widths[at], 5) if at < 4 else (1, 3)
            name = f"discriminators/periods.{i}.{at}"
            return F.conv2d(x, weight(name + ".weight", out, x.shape[1], kernel, 1), weight(name + ".bias", out),
                            stride=(3, 1) if at < 4 else 1, padding=(kernel // 2, 0))

        said.append(layers(folded, of_period, 5))
    x = wave
    for i in range(3):
        def of_scale(y, at):
            out, kernel, groups = (widths[at], 15, 1 if at == 0 else 4) if at < 4 else (1, 3, 1)
            name = f"discriminators/scales.{i}.{at}"
            return F.conv1d(y, weight(name + ".weight", out, y.shape[1] // groups, kernel),
                            weight(name + ".bias", out), stride=4 if 0 < at < 4 else 1, padding=kernel // 2,
                            groups=groups)

        said.append(layers(x, of_scale, 5))
        x = F.avg_pool1d(x, 4, 2, padding=2)
    return said


def main():
    torch.manual_seed(9)
    bands, wave = torch.randn(2, 5, 6).float().double(), torch.randn(2, 1, 600).float().double()
    tensors = {"bands": bands, "samples": generator(bands), "wave": wave}
    for i, (score, feature) in enumerate(discriminators(wave)):
        tensors |= {f"score.{i}": score, f"feature.{i}": feature}
    stored = {k: v.float().contiguous() for k, v in (tensors | p).items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    path = files.safetensors(folder / "hifi.safetensors", stored,
                             {"command": "python3 speech/src/test/python/hifi_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

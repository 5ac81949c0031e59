"""Writes wav2vec.safetensors: tiny wav2vec 2 and HuBERT models with CTC heads, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 speech/src/test/python/wav2vec_goldens.py

Written from the papers and the names of Hugging Face's transformers (Wav2Vec2ForCTC, HubertForCTC). Computed in float64
from float32 weights and stored as float32.

| key | meaning |
|---|---|
| `samples`, `lengths` | (2, 60) of mean 0 and variance 1, of which so many count |
| `<model>/param.<name>` | weights |
| `<model>/logits` | (2, frames, V) of all samples |
| `<model>/masked` | the same where the lengths count |
"""
import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

VOCAB, WIDTH, HEADS, HIDDEN, LAYERS, GROUPS = 7, 12, 3, 10, 2, 4
CONV = [(6, 5, 3), (8, 3, 2)]  # channels, kernel, stride
MODELS = {"base": dict(prefix="wav2vec2", norm="group", bias=False, stable=False, project=True, taps=4),
          "large": dict(prefix="wav2vec2", norm="layer", bias=True, stable=True, project=True, taps=5),
          "hubert": dict(prefix="hubert", norm="group", bias=False, stable=False, project=False, taps=4)}


def make(c):
    p = {}

    def normal(name, *shape, mean=0.0, std=0.4):
        p[name] = (torch.randn(*shape) * std + mean).float().double()

    def linear(name, out, fan_in):
        normal(name + ".weight", out, fan_in)
        normal(name + ".bias", out)

    def norm(name, width):
        normal(name + ".weight", width, mean=1.0, std=0.1)
        normal(name + ".bias", width, std=0.1)

    body, fan_in = c["prefix"], 1
    for i, (channels, kernel, _) in enumerate(CONV):
        name = f"{body}.feature_extractor.conv_layers.{i}"
        normal(name + ".conv.weight", channels, fan_in, kernel)
        if c["bias"]:
            normal(name + ".conv.bias", channels)
        if c["norm"] == "layer" or i == 0:
            norm(name + ".layer_norm", channels)
        fan_in = channels
    if c["project"]:
        norm(f"{body}.feature_projection.layer_norm", fan_in)
    linear(f"{body}.feature_projection.projection", WIDTH, fan_in)
    normal(f"{body}.encoder.pos_conv_embed.conv.weight_g", 1, 1, c["taps"], mean=1.0)
    normal(f"{body}.encoder.pos_conv_embed.conv.weight_v", WIDTH, WIDTH // GROUPS, c["taps"])
    normal(f"{body}.encoder.pos_conv_embed.conv.bias", WIDTH)
    norm(f"{body}.encoder.layer_norm", WIDTH)
    for i in range(LAYERS):
        block = f"{body}.encoder.layers.{i}."
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            linear(block + "attention." + part, WIDTH, WIDTH)
        norm(block + "layer_norm", WIDTH)
        linear(block + "feed_forward.intermediate_dense", HIDDEN, WIDTH)
        linear(block + "feed_forward.output_dense", WIDTH, HIDDEN)
        norm(block + "final_layer_norm", WIDTH)
    linear("lm_head", VOCAB, WIDTH)
    return p


def frames(length):
    for _, kernel, stride in CONV:
        length = (length - kernel) // stride + 1
    return length


def forward(p, c, samples, lengths):
    body = c["prefix"]

    def linear(x, name):
        return F.linear(x, p[name + ".weight"], p[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])

    x = samples[:, None]
    for i, (channels, _, stride) in enumerate(CONV):
        name = f"{body}.feature_extractor.conv_layers.{i}"
        x = F.conv1d(x, p[name + ".conv.weight"], p.get(name + ".conv.bias"), stride=stride)
        if c["norm"] == "layer":
            x = norm(x.transpose(1, 2), name + ".layer_norm").transpose(1, 2)
        elif i == 0:
            x = F.group_norm(x, channels, p[name + ".layer_norm.weight"], p[name + ".layer_norm.bias"])
        x = F.gelu(x)
    x = x.transpose(1, 2)
    if c["project"]:
        x = norm(x, f"{body}.feature_projection.layer_norm")
    x = linear(x, f"{body}.feature_projection.projection")
    added = torch.zeros(1).double()
    if lengths is not None:
        hidden = torch.arange(x.shape[1])[None] >= torch.tensor([frames(int(n)) for n in lengths])[:, None]
        x = x.masked_fill(hidden[..., None], 0.0)
        added = torch.zeros(hidden.shape).double().masked_fill(hidden, -math.inf)[:, None, None]
    conv = f"{body}.encoder.pos_conv_embed.conv"
    v = p[conv + ".weight_v"]
    weight = p[conv + ".weight_g"] * v / v.pow(2).sum((0, 1), keepdim=True).sqrt()
    places = F.conv1d(x.transpose(1, 2), weight, p[conv + ".bias"], padding=c["taps"] // 2, groups=GROUPS)
    if c["taps"] % 2 == 0:
        places = places[:, :, :-1]
    x = x + F.gelu(places).transpose(1, 2)

    def heads(y):
        return y.view(*y.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)

    def attend(x, name):
        q, k, v = (heads(linear(x, f"{name}.{part}_proj")) for part in "qkv")
        y = (q * (WIDTH // HEADS) ** -0.5 @ k.transpose(-1, -2) + added).softmax(-1) @ v
        return linear(y.transpose(1, 2).flatten(2), name + ".out_proj")

    def feed(x, block):
        return linear(F.gelu(linear(x, block + "feed_forward.intermediate_dense")), block + "feed_forward.output_dense")

    if not c["stable"]:
        x = norm(x, f"{body}.encoder.layer_norm")
    for i in range(LAYERS):
        block = f"{body}.encoder.layers.{i}."
        if c["stable"]:
            x = x + attend(norm(x, block + "layer_norm"), block + "attention")
            x = x + feed(norm(x, block + "final_layer_norm"), block)
        else:
            x = norm(x + attend(x, block + "attention"), block + "layer_norm")
            x = norm(x + feed(x, block), block + "final_layer_norm")
    if c["stable"]:
        x = norm(x, f"{body}.encoder.layer_norm")
    return linear(x, "lm_head")


def main():
    torch.manual_seed(5)
    samples = torch.randn(2, 60).float().double()
    lengths = torch.tensor([60, 41])
    tensors = {"samples": samples, "lengths": lengths}
    for name, c in MODELS.items():
        p = make(c)
        tensors |= {f"{name}/param.{key}": value for key, value in p.items()}
        tensors[f"{name}/logits"] = forward(p, c, samples, None)
        tensors[f"{name}/masked"] = forward(p, c, samples, lengths)
    stored = {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()}
    goldens = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    path = files.safetensors(goldens / "wav2vec.safetensors", stored,
                             {"command": "python3 speech/src/test/python/wav2vec_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Writes decoders.safetensors: logits and gradients of tiny GPT-2 and Llama-like decoders, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 text/src/test/python/decoder_goldens.py

The forward passes below are written from the papers' formulas with the parameter names of Hugging Face's transformers.
Everything is computed in float64 from float32 weights and stored as float32.

| key | meaning |
|---|---|
| `ids` | inputs (2, 9) |
| `<family>/param.<name>` | weights |
| `<family>/logits` | (2, 9, V) |
| `<family>/grad.<name>` | gradient of the cross-entropy of the next ids |
"""
import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

VOCAB, DIM, INNER, LAYERS, HEADS = 17, 8, 12, 2, 4
# groups, head size, and what sets the family apart
LLAMAS = {
    "llama": dict(groups=2, head=2, scaling=dict(factor=8.0, low=1.0, high=4.0, original=32)),
    "mistral": dict(groups=2, head=2, window=3),
    "qwen2": dict(groups=2, head=2, bias=True, tied=True),
    "qwen3": dict(groups=1, head=4, qk_norm=True),
    "gemma": dict(groups=1, head=4, gemma=True, tied=True),
    "smollm": dict(groups=2, head=2, linear=4.0, tied=True),  # a Llama whose positions are stretched
}


class Params(dict):
    def normal(self, name, *shape, mean=0.0, std=0.3):
        self[name] = (torch.randn(*shape) * std + mean).float().double().requires_grad_(True)


def causal(steps, window=0):
    ahead = torch.arange(steps)[None, :] - torch.arange(steps)[:, None]
    hidden = ahead > 0
    if window:
        hidden = hidden | (ahead <= -window)
    return hidden


def attend(q, k, v, hidden):
    scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(hidden, -math.inf)
    return scores.softmax(-1) @ v


def heads(x, count):
    return x.view(*x.shape[:2], count, -1).transpose(1, 2)


def gpt2_params():
    p = Params()
    p.normal("transformer.wte.weight", VOCAB, DIM)
    p.normal("transformer.wpe.weight", 12, DIM)
    for i in range(LAYERS):
        for name in ("ln_1", "ln_2"):
            p.normal(f"transformer.h.{i}.{name}.weight", DIM, mean=1.0, std=0.1)
            p.normal(f"transformer.h.{i}.{name}.bias", DIM, std=0.1)
        for name, rows, columns in (("attn.c_attn", DIM, 3 * DIM), ("attn.c_proj", DIM, DIM),
                                    ("mlp.c_fc", DIM, INNER), ("mlp.c_proj", INNER, DIM)):
            p.normal(f"transformer.h.{i}.{name}.weight", rows, columns)
            p.normal(f"transformer.h.{i}.{name}.bias", columns)
    p.normal("transformer.ln_f.weight", DIM, mean=1.0, std=0.1)
    p.normal("transformer.ln_f.bias", DIM, std=0.1)
    return p


def gpt2(p, ids):
    def conv(x, name):
        return x @ p[name + ".weight"] + p[name + ".bias"]

    def norm(x, name):
        return F.layer_norm(x, (DIM,), p[name + ".weight"], p[name + ".bias"], 1e-5)

    steps = ids.shape[1]
    x = p["transformer.wte.weight"][ids] + p["transformer.wpe.weight"][:steps]
    for i in range(LAYERS):
        layer = f"transformer.h.{i}."
        q, k, v = (heads(part, HEADS) for part in conv(norm(x, layer + "ln_1"), layer + "attn.c_attn").chunk(3, -1))
        seen = attend(q, k, v, causal(steps)).transpose(1, 2).flatten(2)
        x = x + conv(seen, layer + "attn.c_proj")
        inner = conv(norm(x, layer + "ln_2"), layer + "mlp.c_fc")
        gelu = 0.5 * inner * (1 + torch.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner ** 3)))
        x = x + conv(gelu, layer + "mlp.c_proj")
    return norm(x, "transformer.ln_f") @ p["transformer.wte.weight"].T


def llama_params(c):
    p = Params()
    norm_mean = 0.0 if c.get("gemma") else 1.0
    p.normal("model.embed_tokens.weight", VOCAB, DIM)
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        for name, out, fan_in in (("q", HEADS * c["head"], DIM), ("k", c["groups"] * c["head"], DIM),
                                  ("v", c["groups"] * c["head"], DIM), ("o", DIM, HEADS * c["head"])):
            p.normal(f"{layer}self_attn.{name}_proj.weight", out, fan_in)
            if c.get("bias") and name != "o":
                p.normal(f"{layer}self_attn.{name}_proj.bias", out)
        if c.get("qk_norm"):
            p.normal(layer + "self_attn.q_norm.weight", c["head"], mean=1.0, std=0.1)
            p.normal(layer + "self_attn.k_norm.weight", c["head"], mean=1.0, std=0.1)
        p.normal(layer + "mlp.gate_proj.weight", INNER, DIM)
        p.normal(layer + "mlp.up_proj.weight", INNER, DIM)
        p.normal(layer + "mlp.down_proj.weight", DIM, INNER)
        p.normal(layer + "input_layernorm.weight", DIM, mean=norm_mean, std=0.1)
        p.normal(layer + "post_attention_layernorm.weight", DIM, mean=norm_mean, std=0.1)
    p.normal("model.norm.weight", DIM, mean=norm_mean, std=0.1)
    if not c.get("tied"):
        p.normal("lm_head.weight", VOCAB, DIM)
    return p


def frequencies(c):
    """Llama 3.1's scaling: waves longer than the old context are stretched, short ones stay."""
    plain = 1.0 / 10000.0 ** (torch.arange(0, c["head"], 2).double() / c["head"])
    if "scaling" not in c:
        return plain / c.get("linear", 1.0)
    s = c["scaling"]
    scaled = []
    for f in plain.tolist():
        wavelength = 2 * math.pi / f
        if wavelength < s["original"] / s["high"]:
            scaled.append(f)
        elif wavelength > s["original"] / s["low"]:
            scaled.append(f / s["factor"])
        else:
            smooth = (s["original"] / wavelength - s["low"]) / (s["high"] - s["low"])
            scaled.append((1 - smooth) * f / s["factor"] + smooth * f)
    return torch.tensor(scaled).double()


def turn(x, c):
    """Each pair (j, j + D / 2) as a complex number, turned by its angle."""
    half = c["head"] // 2
    pairs = torch.complex(x[..., :half].contiguous(), x[..., half:].contiguous())
    angles = torch.arange(x.shape[2]).double()[:, None] * frequencies(c)
    turned = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([turned.real, turned.imag], -1)


def llama(p, c, ids):
    def norm(x, name):
        scale = p[name + ".weight"] + (1 if c.get("gemma") else 0)
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * scale

    def linear(x, name):
        y = x @ p[name + ".weight"].T
        return y + p[name + ".bias"] if name + ".bias" in p else y

    def activation(x):
        return F.gelu(x, approximate="tanh") if c.get("gemma") else x * torch.sigmoid(x)

    steps = ids.shape[1]
    x = p["model.embed_tokens.weight"][ids] * (math.sqrt(DIM) if c.get("gemma") else 1)
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        h = norm(x, layer + "input_layernorm")
        q, k, v = (heads(linear(h, f"{layer}self_attn.{n}_proj"), g)
                   for n, g in (("q", HEADS), ("k", c["groups"]), ("v", c["groups"])))
        if c.get("qk_norm"):
            q, k = norm(q, layer + "self_attn.q_norm"), norm(k, layer + "self_attn.k_norm")
        q, k = turn(q, c), turn(k, c)
        copies = HEADS // c["groups"]
        k, v = k.repeat_interleave(copies, 1), v.repeat_interleave(copies, 1)
        seen = attend(q, k, v, causal(steps, c.get("window", 0))).transpose(1, 2).flatten(2)
        x = x + linear(seen, layer + "self_attn.o_proj")
        h = norm(x, layer + "post_attention_layernorm")
        x = x + linear(activation(linear(h, layer + "mlp.gate_proj")) * linear(h, layer + "mlp.up_proj"),
                       layer + "mlp.down_proj")
    head = p["model.embed_tokens.weight"] if c.get("tied") else p["lm_head.weight"]
    return norm(x, "model.norm") @ head.T


def case(tensors, family, p, forward):
    logits = forward(p)
    F.cross_entropy(logits[:, :-1].flatten(0, 1), tensors["ids"][:, 1:].flatten()).backward()
    tensors[f"{family}/logits"] = logits
    for name, value in p.items():
        tensors[f"{family}/param.{name}"] = value
        tensors[f"{family}/grad.{name}"] = value.grad


def main():
    torch.manual_seed(1)
    tensors = {"ids": torch.randint(0, VOCAB, (2, 9))}
    case(tensors, "gpt2", gpt2_params(), lambda p: gpt2(p, tensors["ids"]))
    for family, c in LLAMAS.items():
        case(tensors, family, llama_params(c), lambda p: llama(p, c, tensors["ids"]))
    stored = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    folder.mkdir(parents=True, exist_ok=True)
    path = files.safetensors(folder / "decoders.safetensors", stored,
                             {"command": "python3 text/src/test/python/decoder_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

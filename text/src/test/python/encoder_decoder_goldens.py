"""Writes encoder_decoders.safetensors: logits and gradients of tiny Transformers and T5s, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 text/src/test/python/encoder_decoder_goldens.py

The Transformers are torch.nn's encoder and decoder layers between scaled embeddings and sinusoidal positions. T5 is
written from its paper, with the parameter names of Hugging Face's transformers; distances between tokens are sorted
one by one. Everything is computed in float64 from float32 weights and stored as float32.

| key | meaning |
|---|---|
| `source`, `lengths`, `target` | ids (3, 7), of which only so many (3) count, and (3, 6) |
| `distances.both`, `distances.back` | buckets of the distances -150 to 150 and of 0 to 150, for 32 buckets up to 128 |
| `<model>/param.<name>` | weights |
| `<model>/logits` | (3, 6, V) |
| `<model>/grad.<name>` | gradient of the cross-entropy of the target's next ids, with smoothed labels |
"""
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

VOCAB, TARGETS, DIM, HIDDEN, HEADS, HEAD, LAYERS = 17, 13, 8, 12, 2, 3, 2
TRANSFORMERS = {"post": dict(pre=False, tying="ALL"), "pre": dict(pre=True, tying="OUTPUT"),
                "apart": dict(pre=True, tying="NONE")}
T5S = {"t5": dict(gated=False), "flan": dict(gated=True)}
BUCKETS, MAX_DISTANCE = 8, 12  # few, so that short texts reach the last


class Params(dict):
    def normal(self, name, *shape, mean=0.0, std=0.3):
        self[name] = (torch.randn(*shape) * std + mean).float().double().requires_grad_(True)


# ---- Transformer

def positions(steps):
    table = torch.zeros(steps, DIM, dtype=torch.float64)
    for t in range(steps):
        for i in range(0, DIM, 2):
            table[t, i] = math.sin(t / 10000 ** (i / DIM))
            table[t, i + 1] = math.cos(t / 10000 ** (i / DIM))
    return table


class Transformer(nn.Module):
    def __init__(self, pre, tying):
        super().__init__()
        settings = dict(dim_feedforward=HIDDEN, dropout=0.0, batch_first=True, norm_first=pre)
        self.embedding = nn.Embedding(VOCAB if tying == "ALL" else TARGETS, DIM)
        self.source_embedding = None if tying == "ALL" else nn.Embedding(VOCAB, DIM)
        self.output = nn.Linear(DIM, self.embedding.num_embeddings, bias=False)
        if tying != "NONE":
            self.output.weight = self.embedding.weight
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(DIM, HEADS, **settings), LAYERS,
                                             nn.LayerNorm(DIM) if pre else None, enable_nested_tensor=False)
        self.decoder = nn.ModuleList(nn.TransformerDecoderLayer(DIM, HEADS, **settings) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(DIM) if pre else None
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(torch.randn(p.shape).float() * 0.3 + (1.0 if p.dim() == 1 else 0.0))

    def forward(self, source, lengths, target):
        hidden = torch.arange(source.shape[1])[None, :] >= lengths[:, None]
        later = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)
        x = (self.source_embedding or self.embedding)(source) * math.sqrt(DIM) + positions(source.shape[1])
        memory = self.encoder(x, src_key_padding_mask=hidden)
        y = self.embedding(target) * math.sqrt(DIM) + positions(target.shape[1])
        for layer in self.decoder:
            y = layer(y, memory, tgt_mask=later, memory_key_padding_mask=hidden)
        return self.output(self.norm(y) if self.norm else y)


# ---- T5

def bucket(ahead, both, buckets, most):
    """Where a key stands so many tokens ahead of its query."""
    offset = 0
    if both:
        buckets //= 2
        offset = buckets if ahead > 0 else 0
        distance = abs(ahead)
    else:
        distance = max(-ahead, 0)
    exact = buckets // 2
    if distance < exact:
        return offset + distance
    # In float32, as transformers computes it: the borders depend on it.
    share = torch.log(torch.tensor(float(distance)) / exact) / math.log(most / exact) * (buckets - exact)
    return offset + min(exact + int(share), buckets - 1)


def t5_params(c):
    p = Params()
    inner = HEADS * HEAD

    def attention(name, biased):
        for part, out, fan_in in (("q", inner, DIM), ("k", inner, DIM), ("v", inner, DIM), ("o", DIM, inner)):
            p.normal(f"{name}.{part}.weight", out, fan_in)
        if biased:
            p.normal(f"{name}.relative_attention_bias.weight", BUCKETS, HEADS)

    p.normal("shared.weight", VOCAB, DIM)
    for side in ("encoder", "decoder"):
        for i in range(LAYERS):
            parts = ["SelfAttention", "EncDecAttention"][:1 if side == "encoder" else 2]
            for j, part in enumerate(parts):
                attention(f"{side}.block.{i}.layer.{j}.{part}", i == 0 and j == 0)
                p.normal(f"{side}.block.{i}.layer.{j}.layer_norm.weight", DIM, mean=1.0, std=0.1)
            last = f"{side}.block.{i}.layer.{len(parts)}"
            for name in ("wi_0", "wi_1") if c["gated"] else ("wi",):
                p.normal(f"{last}.DenseReluDense.{name}.weight", HIDDEN, DIM)
            p.normal(f"{last}.DenseReluDense.wo.weight", DIM, HIDDEN)
            p.normal(f"{last}.layer_norm.weight", DIM, mean=1.0, std=0.1)
        p.normal(f"{side}.final_layer_norm.weight", DIM, mean=1.0, std=0.1)
    if c["gated"]:
        p.normal("lm_head.weight", VOCAB, DIM)
    return p


def t5(p, c, source, lengths, target):
    def norm(x, name):
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * p[name + ".weight"]

    def heads(x, name):
        return (x @ p[name + ".weight"].T).view(*x.shape[:2], HEADS, HEAD).transpose(1, 2)

    def attend(name, x, memory, added):
        q, k, v = heads(x, name + ".q"), heads(memory, name + ".k"), heads(memory, name + ".v")
        y = (q @ k.transpose(-1, -2) + added).softmax(-1) @ v
        return y.transpose(1, 2).flatten(2) @ p[name + ".o.weight"].T

    def feed(name, x):
        if c["gated"]:
            h = x @ p[name + ".wi_0.weight"].T
            h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h ** 3)))
            h = h * (x @ p[name + ".wi_1.weight"].T)
        else:
            h = torch.relu(x @ p[name + ".wi.weight"].T)
        return h @ p[name + ".wo.weight"].T

    def bias(side, steps):
        index = [[bucket(key - query, side == "encoder", BUCKETS, MAX_DISTANCE) for key in range(steps)]
                 for query in range(steps)]
        table = p[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        return table[torch.tensor(index)].permute(2, 0, 1)[None]

    hidden = torch.arange(source.shape[1])[None, :] >= lengths[:, None]
    hidden = torch.zeros(hidden.shape).double().masked_fill(hidden, -math.inf)[:, None, None, :]
    later = torch.full((target.shape[1], target.shape[1]), -math.inf).double().triu(1)

    x = p["shared.weight"][source]
    added = bias("encoder", source.shape[1]) + hidden
    for i in range(LAYERS):
        block = f"encoder.block.{i}.layer."
        h = norm(x, block + "0.layer_norm")
        x = x + attend(block + "0.SelfAttention", h, h, added)
        x = x + feed(block + "1.DenseReluDense", norm(x, block + "1.layer_norm"))
    memory = norm(x, "encoder.final_layer_norm")

    y = p["shared.weight"][target]
    added = bias("decoder", target.shape[1]) + later
    for i in range(LAYERS):
        block = f"decoder.block.{i}.layer."
        h = norm(y, block + "0.layer_norm")
        y = y + attend(block + "0.SelfAttention", h, h, added)
        y = y + attend(block + "1.EncDecAttention", norm(y, block + "1.layer_norm"), memory, hidden)
        y = y + feed(block + "2.DenseReluDense", norm(y, block + "2.layer_norm"))
    y = norm(y, "decoder.final_layer_norm")
    return y @ p["lm_head.weight"].T if c["gated"] else (y * DIM ** -0.5) @ p["shared.weight"].T


# ---- all

def case(tensors, name, params, logits):
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), tensors["target"][:, 1:].flatten(), label_smoothing=0.1)
    loss.backward()
    tensors[f"{name}/logits"] = logits
    for key, value in params.items():
        tensors[f"{name}/param.{key}"] = value
        tensors[f"{name}/grad.{key}"] = value.grad


def main():
    torch.manual_seed(1)
    tensors = {"source": torch.randint(0, VOCAB, (3, 7)), "lengths": torch.tensor([7, 2, 5]),
               "target": torch.randint(0, TARGETS, (3, 6)),
               "distances.both": torch.tensor([bucket(d, True, 32, 128) for d in range(-150, 151)]),
               "distances.back": torch.tensor([bucket(-d, False, 32, 128) for d in range(151)])}
    inputs = tensors["source"], tensors["lengths"], tensors["target"]
    for name, c in TRANSFORMERS.items():
        model = Transformer(**c).double()
        case(tensors, name, dict(model.named_parameters()), model(*inputs))
    for name, c in T5S.items():
        params = t5_params(c)
        case(tensors, name, params, t5(params, c, *inputs))
    stored = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    path = files.safetensors(folder / "encoder_decoders.safetensors", stored,
                             {"command": "python3 text/src/test/python/encoder_decoder_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Writes bert.safetensors: outputs and gradients of tiny encoders of BERT's family, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 text/src/test/python/bert_goldens.py

The forward passes below are written from the papers' formulas with the parameter names of Hugging Face's transformers.
Everything is computed in float64 from float32 weights and stored as float32.

| key | meaning |
|---|---|
| `<family>.<head>/param.<name>` | weights; the head `model` is the encoder alone, without a prefix |
| `<family>/ids`, `types`, `mask` | inputs (3, 7), the last two rows filled up with the padding id |
| `<family>.<head>/out` | the result on the padded batch; for `model` the hidden vectors |
| `<family>.model/pooled`, `mean` | of the pooler; the normalised mean over the mask |
| `<family>.<head>/grad.<name>` | gradient of the mean of out · up, which stands in `up` |
"""
import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

VOCAB, DIM, HEADS, LAYERS, HIDDEN, LABELS = 17, 8, 2, 2, 10, 3
FAMILIES = {
    "bert": dict(pad=0, eps=1e-12, positions=10, types=2),
    "roberta": dict(pad=1, eps=1e-5, positions=12, types=1),
    "distilbert": dict(pad=0, eps=1e-12, positions=10, types=0),
}
BERT_LAYER = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
              "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"]
DISTIL_LAYER = ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm",
                "ffn.lin1", "ffn.lin2", "output_layer_norm"]


def layer_names(family, i):
    if family == "distilbert":
        return [f"transformer.layer.{i}.{name}" for name in DISTIL_LAYER]
    return [f"encoder.layer.{i}.{name}" for name in BERT_LAYER]


class Params(dict):
    def normal(self, name, *shape, mean=0.0, std=0.3):
        value = (torch.randn(*shape) * std + mean).float().double().requires_grad_(True)
        self[name] = value

    def linear(self, name, fan_in, fan_out):
        self.normal(name + ".weight", fan_out, fan_in)
        self.normal(name + ".bias", fan_out)

    def norm(self, name):
        self.normal(name + ".weight", DIM, mean=1.0, std=0.1)
        self.normal(name + ".bias", DIM, std=0.1)


def encoder_params(family, prefix, pooler):
    p, c = Params(), FAMILIES[family]
    p.normal(prefix + "embeddings.word_embeddings.weight", VOCAB, DIM)
    p.normal(prefix + "embeddings.position_embeddings.weight", c["positions"], DIM)
    if c["types"]:
        p.normal(prefix + "embeddings.token_type_embeddings.weight", c["types"], DIM)
    p.norm(prefix + "embeddings.LayerNorm")
    for i in range(LAYERS):
        q, k, v, o, on, up, down, dn = [prefix + name for name in layer_names(family, i)]
        for name in (q, k, v, o):
            p.linear(name, DIM, DIM)
        p.norm(on)
        p.linear(up, DIM, HIDDEN)
        p.linear(down, HIDDEN, DIM)
        p.norm(dn)
    if pooler:
        p.linear(prefix + "pooler.dense", DIM, DIM)
    return p


def linear(p, name, x):
    return x @ p[name + ".weight"].T + p[name + ".bias"]


def norm(p, name, x, eps):
    mean = x.mean(-1, keepdim=True)
    var = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps) * p[name + ".weight"] + p[name + ".bias"]


def gelu(x):
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def encode(p, family, prefix, ids, types, mask):
    c = FAMILIES[family]
    if family == "roberta":
        real = (ids != c["pad"]).long()
        positions = torch.cumsum(real, 1) * real + c["pad"]
    else:
        positions = torch.arange(ids.shape[1]).expand_as(ids)
    x = p[prefix + "embeddings.word_embeddings.weight"][ids]
    x = x + p[prefix + "embeddings.position_embeddings.weight"][positions]
    if c["types"]:
        x = x + p[prefix + "embeddings.token_type_embeddings.weight"][types]
    x = norm(p, prefix + "embeddings.LayerNorm", x, c["eps"])
    b, t, _ = x.shape
    hidden = torch.where(mask, 0.0, -math.inf).double()[:, None, None, :]
    for i in range(LAYERS):
        q, k, v, o, on, up, down, dn = [prefix + name for name in layer_names(family, i)]
        heads = [linear(p, n, x).view(b, t, HEADS, DIM // HEADS).transpose(1, 2) for n in (q, k, v)]
        scores = heads[0] @ heads[1].transpose(2, 3) / math.sqrt(DIM // HEADS) + hidden
        seen = (scores.softmax(-1) @ heads[2]).transpose(1, 2).reshape(b, t, DIM)
        y = norm(p, on, linear(p, o, seen) + x, c["eps"])
        x = norm(p, dn, linear(p, down, gelu(linear(p, up, y))) + y, c["eps"])
    return x


def head_params(p, family, head):
    word = f"{family}.embeddings.word_embeddings.weight"
    if head == "masked":
        names = {"bert": ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                          "cls.predictions.bias"),
                 "roberta": ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
                 "distilbert": ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias")}[family]
        p.linear(names[0], DIM, DIM)
        p.norm(names[1])
        p.normal(names[2], VOCAB)

        def run(x):
            h = norm(p, names[1], gelu(linear(p, names[0], x)), FAMILIES[family]["eps"])
            return h @ p[word].T + p[names[2]]
    elif head == "sequence":
        if family == "bert":
            p.linear("classifier", DIM, LABELS)

            def run(x):
                return linear(p, "classifier", torch.tanh(linear(p, "bert.pooler.dense", x[:, 0])))
        elif family == "roberta":
            p.linear("classifier.dense", DIM, DIM)
            p.linear("classifier.out_proj", DIM, LABELS)

            def run(x):
                return linear(p, "classifier.out_proj", torch.tanh(linear(p, "classifier.dense", x[:, 0])))
        else:
            p.linear("pre_classifier", DIM, DIM)
            p.linear("classifier", DIM, LABELS)

            def run(x):
                return linear(p, "classifier", torch.relu(linear(p, "pre_classifier", x[:, 0])))
    else:
        name, out = ("classifier", LABELS) if head == "token" else ("qa_outputs", 2)
        p.linear(name, DIM, out)

        def run(x):
            return linear(p, name, x)
    return run


def case(tensors, family, head):
    torch.manual_seed(sum(map(ord, family + head)))
    prefix = "" if head == "model" else family + "."
    pooler = family != "distilbert" and head == "model" or family == "bert" and head == "sequence"
    p = encoder_params(family, prefix, pooler)
    run = (lambda x: x) if head == "model" else head_params(p, family, head)
    ids, types, mask = (tensors[f"{family}/{name}"] for name in ("ids", "types", "mask"))
    hidden = encode(p, family, prefix, ids, types, mask)
    out = run(hidden)
    if out.dim() == 3:
        out = out * mask[:, :, None]  # what stands at padding means nothing
    up = torch.randn(out.shape).float().double()
    (out * up).mean().backward()
    key = f"{family}.{head}/"
    tensors[key + "out"] = out
    tensors[key + "up"] = up
    if head == "model":
        if pooler:
            tensors[key + "pooled"] = torch.tanh(linear(p, "pooler.dense", hidden[:, 0]))
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        tensors[key + "mean"] = F.normalize(mean, dim=-1)
    for name, value in p.items():
        tensors[key + "param." + name] = value
    kept = [n for n in p if p[n].grad is not None and ("word_emb" in n or "layer.0" in n or "embeddings" not in n)]
    for name in kept[:3] + kept[-4:]:
        grad = p[name].grad
        if "word_embeddings" in name and head != "masked":
            grad = grad.clone()
            grad[FAMILIES[family]["pad"]] = 0  # as nn.Embedding's padding_idx
        if "word_embeddings" in name and head == "masked":
            continue  # the decoder's part reaches the padding row, the embedding's does not
        tensors[key + "grad." + name] = grad


def compute():
    tensors = {}
    for family, c in FAMILIES.items():
        torch.manual_seed(len(family))
        ids = torch.randint(4, VOCAB, (3, 7))
        mask = torch.arange(7) < torch.tensor([7, 5, 2])[:, None]
        tensors[f"{family}/ids"] = torch.where(mask, ids, c["pad"])
        tensors[f"{family}/types"] = (torch.arange(7) > 2).long().expand(3, 7) * (c["types"] > 1)
        tensors[f"{family}/mask"] = mask
        for head in ("model", "masked", "sequence", "token", "span"):
            case(tensors, family, head)
    return tensors


def main():
    tensors = compute()
    stored = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    folder = Path(__file__).resolve().parents[1] / "resources" / "goldens"
    folder.mkdir(parents=True, exist_ok=True)
    path = files.safetensors(folder / "bert.safetensors", stored,
                             {"command": "python3 text/src/test/python/bert_goldens.py"})
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Writes resources/tiny_bert: the encoder of bert.safetensors in the formats that others publish weights in.

    apt-get install python3-torch && /usr/bin/python3 text/src/test/python/tiny_bert.py

- bert_model.ckpt.index, .data-00000-of-00001, bert_config.json, vocab.txt: the case `bert.masked` as BERT's authors
  publish it. TensorFlow is not needed: its format is a table of LevelDB with protocol buffers in it, written here by
  hand from their documents, in blocks of ten entries whose keys share beginnings.
- model.onnx: the case `bert.model`, exported by PyTorch.
"""
import json
import struct
import sys
from pathlib import Path

import torch
from torch import nn

sys.dont_write_bytecode = True
import bert_goldens as goldens  # noqa: E402

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "tiny_bert"


# ---- TensorFlow's checkpoint

def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def block(entries):
    out, last = bytearray(), b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return bytes(out) + struct.pack("<II", 0, 1)  # one place to begin reading at


def table(entries):
    out, index = bytearray(), []

    def put(content):
        handle = varint(len(out)) + varint(len(content))
        out.extend(content + b"\0" + struct.pack("<I", masked(content + b"\0")))
        return handle

    for i in range(0, len(entries), 10):
        part = entries[i:i + 10]
        index.append((part[-1][0], put(block(part))))
    footer = put(block([])) + put(block(index))
    return bytes(out) + footer.ljust(40, b"\0") + struct.pack("<Q", 0xdb4775248b80fb57)


def tensorflow_name(name):
    """The names of google-research/bert, for those of transformers."""
    path = name.replace("layer.", "layer_").split(".")
    if path[-2] == "LayerNorm":
        path[-1] = {"weight": "gamma", "bias": "beta"}[path[-1]]
    elif path[-2].endswith("_embeddings"):
        del path[-1]
    elif path[-2] == "predictions":
        path[-1] = "output_bias"
    elif path[-1] == "weight":
        path[-1] = "kernel"
    return "/".join(path)


def checkpoint(params):
    data, entries = bytearray(), []
    values = {tensorflow_name(k): v.detach() for k, v in params.items()}
    values["bert/pooler/dense/bias/adam_m"] = torch.zeros(goldens.DIM)  # belongs to the training
    for name in sorted(values):
        value = values[name].T if name.endswith("/kernel") else values[name]
        raw = value.float().contiguous().numpy().tobytes()
        shape = b"".join(field(2, field(1, size)) for size in value.shape)
        entry = (field(1, 1) + field(2, shape) + field(4, len(data)) + field(5, len(raw))
                 + varint(6 << 3 | 5) + struct.pack("<I", masked(raw)))
        entries.append((name.encode(), entry))
        data += raw
    header = field(1, 1) + field(3, field(1, 1))
    (FOLDER / "bert_model.ckpt.index").write_bytes(table([(b"", header)] + entries))
    (FOLDER / "bert_model.ckpt.data-00000-of-00001").write_bytes(data)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [chr(ord("a") + i) for i in range(goldens.VOCAB - 5)]
    (FOLDER / "vocab.txt").write_text("\n".join(words) + "\n")
    (FOLDER / "bert_config.json").write_text(json.dumps({
        "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "hidden_size": goldens.DIM, "initializer_range": 0.02, "intermediate_size": goldens.HIDDEN,
        "max_position_embeddings": 10, "num_attention_heads": goldens.HEADS, "num_hidden_layers": goldens.LAYERS,
        "type_vocab_size": 2, "vocab_size": goldens.VOCAB}, indent=2) + "\n")


# ---- ONNX

class Named(nn.Module):
    """Children by dotted names."""

    def put(self, path, module):
        first, _, rest = path.partition(".")
        if not rest:
            self.add_module(first, module)
        else:
            if first not in self._modules:
                self.add_module(first, Named())
            self._modules[first].put(rest, module)

    def at(self, path):
        return self.get_submodule(path)


class Encoder(Named):
    def __init__(self, params):
        super().__init__()
        dim, c = goldens.DIM, goldens.FAMILIES["bert"]
        self.put("embeddings.word_embeddings", nn.Embedding(goldens.VOCAB, dim))
        self.put("embeddings.position_embeddings", nn.Embedding(c["positions"], dim))
        self.put("embeddings.token_type_embeddings", nn.Embedding(c["types"], dim))
        self.put("embeddings.LayerNorm", nn.LayerNorm(dim, c["eps"]))
        for i in range(goldens.LAYERS):
            q, k, v, o, on, up, down, dn = goldens.layer_names("bert", i)
            for name in (q, k, v, o):
                self.put(name, nn.Linear(dim, dim))
            for name in (on, dn):
                self.put(name, nn.LayerNorm(dim, c["eps"]))
            self.put(up, nn.Linear(dim, goldens.HIDDEN))
            self.put(down, nn.Linear(goldens.HIDDEN, dim))
        self.load_state_dict({k: v.float() for k, v in params.items() if "pooler" not in k})

    def forward(self, ids, mask, types):
        x = self.at("embeddings.word_embeddings")(ids) + self.at("embeddings.token_type_embeddings")(types)
        x = x + self.at("embeddings.position_embeddings")(torch.arange(ids.size(1)).unsqueeze(0))
        x = self.at("embeddings.LayerNorm")(x)
        hidden = (1.0 - mask[:, None, None, :].float()) * -1e9
        for i in range(goldens.LAYERS):
            q, k, v, o, on, up, down, dn = [self.at(name) for name in goldens.layer_names("bert", i)]
            size = goldens.DIM // goldens.HEADS
            heads = [m(x).view(x.size(0), x.size(1), goldens.HEADS, size).permute(0, 2, 1, 3) for m in (q, k, v)]
            scores = heads[0] @ heads[1].transpose(2, 3) / size ** 0.5 + hidden
            seen = (scores.softmax(-1) @ heads[2]).permute(0, 2, 1, 3).reshape(x.size(0), x.size(1), goldens.DIM)
            y = on(o(seen) + x)
            x = dn(down(nn.functional.gelu(up(y))) + y)
        return x


def onnx(params, tensors):
    names = ["input_ids", "attention_mask", "token_type_ids"]
    inputs = (tensors["bert/ids"], tensors["bert/mask"].long(), tensors["bert/types"])
    torch.onnx.export(Encoder(params).eval(), inputs, str(FOLDER / "model.onnx"), input_names=names,
                      opset_version=11, dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names})


def main():
    tensors = goldens.compute()
    FOLDER.mkdir(parents=True, exist_ok=True)

    def params(key):
        return {k[len(key):]: v for k, v in tensors.items() if k.startswith(key)}

    checkpoint(params("bert.masked/param."))
    onnx(params("bert.model/param."), tensors)
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

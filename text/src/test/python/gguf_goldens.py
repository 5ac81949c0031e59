"""GGUF files by llama.cpp's own package, and what is in them: python3 gguf_goldens.py (gguf 0.19.0, numpy).

types.gguf holds random blocks of every type, types.safetensors what the package makes of them; written.safetensors
holds numbers and the package's blocks of them; the other files are models of ../resources/transformers, whose logits
are transformers'.
"""
import json
import struct
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

HERE = Path(__file__).parent.parent / "resources"
OUT = HERE / "gguf"
OUT.mkdir(exist_ok=True)


def read(path):
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__":
            a, b = entry["data_offsets"]
            assert entry["dtype"] == "F32"
            tensors[name] = np.frombuffer(raw[8 + size + a : 8 + size + b], np.float32).reshape(entry["shape"])
    return tensors


def save(path, tensors):
    header, at = {}, 0
    for name, t in tensors.items():
        kind = {"float32": "F32", "uint8": "U8"}[str(t.dtype)]
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(t.tobytes() for t in tensors.values()))


def types():
    rng = np.random.default_rng(5)
    writer = gguf.GGUFWriter(OUT / "types.gguf", "none")
    expected = {}
    for name in ["F32", "F16", "BF16", "Q4_0", "Q5_0", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]:
        kind = Type[name]
        block, size = gguf.GGML_QUANT_SIZES[kind]
        if block == 1:
            data = gguf.quants.quantize(rng.normal(size=(2, 64)).astype(np.float32), kind)
        else:  # random bytes, but for the scales, which are to be finite
            data = rng.integers(0, 256, (3, 512 // block, size), dtype=np.uint8)
            scale = rng.normal(size=(3, 512 // block)).astype(np.float16)[..., None].view(np.uint8)
            where = {"Q6_K": [208], "Q4_K": [0, 2], "Q5_K": [0, 2]}.get(name, [0])
            for place in where:
                data[..., place : place + 2] = scale
            data = data.reshape(3, -1)
        writer.add_tensor(name, data, raw_dtype=kind)
        expected[name] = gguf.quants.dequantize(data, kind).astype(np.float32)
    close(writer)
    save(OUT / "types.safetensors", expected)


def written():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(4, 64)).astype(np.float32)
    x[1, :32] = 0
    x[2] = np.round(x[2] * 4) / 4  # halves
    save(OUT / "written.safetensors", {"x": x} | {k: gguf.quants.quantize(x, Type[k]) for k in ["Q8_0", "Q4_0"]})


def turned(w, heads):  # as convert_hf_to_gguf.py, LlamaModel.permute
    return np.ascontiguousarray(
        w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape))


def factors(c):  # as convert_hf_to_gguf.py, LlamaModel.generate_extra_tensors
    rope = c.get("rope_parameters") or c["rope_scaling"]
    head = c["head_dim"]
    freqs = 1.0 / rope["rope_theta"] ** (np.arange(0, head, 2) / head)
    low = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
    high = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
    out = []
    for f in freqs:
        wave = 2 * np.pi / f
        if wave < high:
            out.append(1.0)
        elif wave > low:
            out.append(rope["factor"])
        else:
            smooth = (rope["original_max_position_embeddings"] / wave - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            out.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(out, np.float32)


NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
         "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
         "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def model(name, arch):
    c = json.loads((HERE / "transformers" / name / "config.json").read_text())
    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", arch)
    head = c.get("head_dim") or c["hidden_size"] // c["num_attention_heads"]
    c["head_dim"] = head
    rope = c.get("rope_parameters") or {}
    writer.add_context_length(c["max_position_embeddings"])
    writer.add_embedding_length(c["hidden_size"])
    writer.add_block_count(c["num_hidden_layers"])
    writer.add_feed_forward_length(c["intermediate_size"])
    writer.add_head_count(c["num_attention_heads"])
    writer.add_head_count_kv(c["num_key_value_heads"])
    writer.add_key_length(head)
    writer.add_layer_norm_rms_eps(c["rms_norm_eps"])
    writer.add_rope_freq_base(rope.get("rope_theta") or c.get("rope_theta") or 10000.0)
    if name == "llama3":
        writer.add_tensor("rope_freqs.weight", factors(c))
    for old, w in read(HERE / "transformers" / name / "model.safetensors").items():
        if old == "lm_head.weight" and c.get("tie_word_embeddings"):
            continue
        stem, part = old.rsplit(".", 1)
        if stem.startswith("model.layers."):
            _, _, i, rest = stem.split(".", 3)
            new = f"blk.{i}.{NAMES[rest]}.{part}"
        else:
            new = f"{NAMES[stem]}.{part}"
        if arch == "llama" and "q_proj" in old:
            w = turned(w, c["num_attention_heads"])
        if arch == "llama" and "k_proj" in old:
            w = turned(w, c["num_key_value_heads"])
        if arch == "gemma" and old.endswith("norm.weight"):
            w = w + 1
        writer.add_tensor(new, np.ascontiguousarray(w, dtype=np.float32))
    close(writer)


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


types()
written()
for name, arch in [("llama", "llama"), ("llama3", "llama"), ("qwen2", "qwen2"), ("qwen3", "qwen3"), ("gemma", "gemma")]:
    model(name, arch)

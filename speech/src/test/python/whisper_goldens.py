"""Writes whisper.safetensors and the folder tiny_whisper: a tiny Whisper, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 speech/src/test/python/whisper_goldens.py

Written from the paper and the names of Hugging Face's transformers (WhisperForConditionalGeneration); its rules for
times, its beam search and its log-mel are written out below. Weights are random. Everything is computed in float64 from
float32 weights and stored as float32.

| key | meaning |
|---|---|
| `sound` | samples (3200) of a rising tone with noise |
| `log_mel` | (1, 8, 20) of it, `WhisperFeatureExtractor` with 8 bands; `log_mel_80` (1, 80, 3000) of 30 s, every 37th |
| `ids`, `logits` | (2, 5) and (2, 5, V), for features `features` (2, 8, 20) |
| `param.<name>` | weights |
| `greedy`, `greedy_times` | ids that follow the prompt, without and with times |
| `beam`, `beam_times` | the same by five beams |
"""
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "core" / "src" / "test" / "python"))
from golden import files  # noqa: E402

LETTERS = 16
VOCAB, DIM, HEADS, HIDDEN, LAYERS, BANDS, SOURCE, CONTEXT = 34, 8, 2, 12, 2, 8, 10, 24
EOS, SOT, EN, DE, TRANSLATE, TRANSCRIBE, NO_TIMES = 16, 17, 18, 19, 20, 21, 22
ZERO = NO_TIMES + 1  # 0.00 s
SUPPRESS, BEGIN_SUPPRESS, LATEST = [3, 17, 18, 19, 20, 21, 22], [16, 5], 4
MOST = 14


# ---- log-mel

def hz_to_mel(f):
    return 15 + math.log(f / 1000) / (math.log(6.4) / 27) if f >= 1000 else f / (200 / 3)


def mel_to_hz(m):
    return 1000 * math.exp((math.log(6.4) / 27) * (m - 15)) if m >= 15 else m * 200 / 3


def mel_filters(bands, n_fft, rate):
    """Slaney's, as librosa and transformers have them."""
    top = hz_to_mel(8000.0)
    edges = [mel_to_hz(top * i / (bands + 1)) for i in range(bands + 2)]
    filters = np.zeros((bands, n_fft // 2 + 1))
    for b in range(bands):
        low, middle, high = edges[b:b + 3]
        for k in range(n_fft // 2 + 1):
            f = k * rate / n_fft
            filters[b, k] = max(0.0, min((f - low) / (middle - low), (high - f) / (high - middle)))
        filters[b] *= 2 / (high - low)
    return filters


def log_mel(sound, bands, n_fft=400, hop=160, rate=16000):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    padded = np.pad(np.asarray(sound, dtype=np.float64), n_fft // 2, mode="reflect")
    frames = 1 + (len(padded) - n_fft) // hop
    power = np.stack([np.abs(np.fft.rfft(padded[i * hop:i * hop + n_fft] * window)) ** 2 for i in range(frames)], 1)
    mel = mel_filters(bands, n_fft, rate) @ power[:, :-1]
    log = np.log10(np.maximum(mel, 1e-10))
    log = np.maximum(log, log.max() - 8)
    return torch.tensor((log + 4) / 4)[None]


# ---- model

class Params(dict):
    def normal(self, name, *shape, mean=0.0, std=0.4):
        self[name] = (torch.randn(*shape) * std + mean).float().double()

    def linear(self, name, out, fan_in, bias=True):
        self.normal(name + ".weight", out, fan_in)
        if bias:
            self.normal(name + ".bias", out)

    def norm(self, name):
        self.normal(name + ".weight", DIM, mean=1.0, std=0.1)
        self.normal(name + ".bias", DIM, std=0.1)

    def attention(self, name):
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            self.linear(f"{name}.{part}", DIM, DIM, bias=part != "k_proj")


def sinusoids(length, channels):
    scale = math.log(10000) / (channels // 2 - 1)
    inverse = torch.exp(-scale * torch.arange(channels // 2).double())
    angles = torch.arange(length).double()[:, None] * inverse[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def make():
    p = Params()
    p.normal("model.encoder.conv1.weight", DIM, BANDS, 3)
    p.normal("model.encoder.conv1.bias", DIM)
    p.normal("model.encoder.conv2.weight", DIM, DIM, 3)
    p.normal("model.encoder.conv2.bias", DIM)
    p["model.encoder.embed_positions.weight"] = sinusoids(SOURCE, DIM).float().double()
    p.normal("model.decoder.embed_tokens.weight", VOCAB, DIM, std=0.9)
    p.normal("model.decoder.embed_positions.weight", CONTEXT, DIM)
    for side in ("encoder", "decoder"):
        for i in range(LAYERS):
            block = f"model.{side}.layers.{i}."
            p.attention(block + "self_attn")
            p.norm(block + "self_attn_layer_norm")
            if side == "decoder":
                p.attention(block + "encoder_attn")
                p.norm(block + "encoder_attn_layer_norm")
            p.linear(block + "fc1", HIDDEN, DIM)
            p.linear(block + "fc2", DIM, HIDDEN)
            p.norm(block + "final_layer_norm")
        p.norm(f"model.{side}.layer_norm")
    return p


def linear(p, x, name):
    return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))


def norm(p, x, name):
    return F.layer_norm(x, (DIM,), p[name + ".weight"], p[name + ".bias"])


def attend(p, name, x, memory, added=0.0):
    def heads(y):
        return y.view(*y.shape[:2], HEADS, DIM // HEADS).transpose(1, 2)

    q = heads(linear(p, x, name + ".q_proj") * (DIM // HEADS) ** -0.5)
    k, v = heads(linear(p, memory, name + ".k_proj")), heads(linear(p, memory, name + ".v_proj"))
    y = (q @ k.transpose(-1, -2) + added).softmax(-1) @ v
    return linear(p, y.transpose(1, 2).flatten(2), name + ".out_proj")


def feed(p, x, block):
    return linear(p, F.gelu(linear(p, norm(p, x, block + "final_layer_norm"), block + "fc1")), block + "fc2")


def encode(p, features):
    x = F.gelu(F.conv1d(features, p["model.encoder.conv1.weight"], p["model.encoder.conv1.bias"], padding=1))
    x = F.gelu(F.conv1d(x, p["model.encoder.conv2.weight"], p["model.encoder.conv2.bias"], stride=2, padding=1))
    x = x.transpose(1, 2) + p["model.encoder.embed_positions.weight"]
    for i in range(LAYERS):
        block = f"model.encoder.layers.{i}."
        h = norm(p, x, block + "self_attn_layer_norm")
        x = x + attend(p, block + "self_attn", h, h)
        x = x + feed(p, x, block)
    return norm(p, x, "model.encoder.layer_norm")


def decode(p, ids, memory):
    steps = ids.shape[1]
    later = torch.full((steps, steps), -math.inf).double().triu(1)
    x = p["model.decoder.embed_tokens.weight"][ids] + p["model.decoder.embed_positions.weight"][:steps]
    for i in range(LAYERS):
        block = f"model.decoder.layers.{i}."
        h = norm(p, x, block + "self_attn_layer_norm")
        x = x + attend(p, block + "self_attn", h, h, later)
        x = x + attend(p, block + "encoder_attn", norm(p, x, block + "encoder_attn_layer_norm"), memory)
        x = x + feed(p, x, block)
    return norm(p, x, "model.decoder.layer_norm") @ p["model.decoder.embed_tokens.weight"].T


# ---- writing, as transformers

def rules(scores, ids, begin, times):
    """SuppressTokensAtBegin, SuppressTokens and WhisperTimeStamp: one row."""
    s = scores.clone()
    text = ids[begin:]
    if not text:
        s[BEGIN_SUPPRESS] = -math.inf
    s[SUPPRESS] = -math.inf
    if not times:
        return s
    s[NO_TIMES] = -math.inf
    last = len(text) >= 1 and text[-1] >= ZERO
    before = len(text) < 2 or text[-2] >= ZERO
    if last:
        if before:
            s[ZERO:] = -math.inf
        else:
            s[:EOS] = -math.inf
    stamps = [t for t in text if t >= ZERO]
    if stamps:
        s[ZERO:stamps[-1] if last and not before else stamps[-1] + 1] = -math.inf
    if not text:
        s[:ZERO] = -math.inf
        s[ZERO + LATEST + 1:] = -math.inf
    log = s.log_softmax(-1)
    if log[ZERO:].logsumexp(-1) > log[:ZERO].max():
        s[:ZERO] = -math.inf
    return s


def greedy(p, memory, prompt, times):
    ids = list(prompt)
    while len(ids) - len(prompt) < MOST:
        scores = rules(decode(p, torch.tensor([ids]), memory)[0, -1], ids, len(prompt), times)
        ids.append(int(scores.argmax()))
        if ids[-1] == EOS:
            return ids[len(prompt):-1]
    return ids[len(prompt):]


def beam(p, memory, prompt, times, beams=5):
    """Scores are log-probabilities after the rules, not normalised again, divided by the length; as in transformers."""
    open_, ended = [(0.0, list(prompt))], []
    for length in range(1, MOST + 1):
        candidates = []
        for total, ids in open_:
            log = rules(decode(p, torch.tensor([ids]), memory)[0, -1].log_softmax(-1), ids, len(prompt), times)
            candidates += [(total + float(log[t]), ids + [t]) for t in range(VOCAB) if log[t] > -math.inf]
        candidates.sort(key=lambda c: -c[0])
        open_ = []
        for rank, (total, ids) in enumerate(candidates[:2 * beams]):
            if len(open_) == beams:
                break
            if ids[-1] != EOS:
                open_.append((total, ids))
            elif rank < beams:
                ended.append((total / length, ids[len(prompt):-1]))
        ended = sorted(ended, key=lambda e: -e[0])[:beams]
        if len(ended) == beams and ended[-1][0] >= candidates[0][0] / length:
            return ended[0][1]
    ended += [(total / MOST, ids[len(prompt):]) for total, ids in open_]
    return max(ended, key=lambda e: e[0])[1]


def folder(root):
    """config.json, generation_config.json, tokenizer.json and preprocessor_config.json, as Hugging Face writes them."""
    root.mkdir(exist_ok=True)
    letters = [chr(ord("a") + i) for i in range(LETTERS - 1)] + ["\u0120"]
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|translate|>", "<|transcribe|>",
               "<|notimestamps|>"] + [f"<|{i * 0.1:.2f}|>" for i in range(VOCAB - ZERO)]
    config = {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper", "vocab_size": VOCAB,
              "num_mel_bins": BANDS, "d_model": DIM, "encoder_layers": LAYERS, "encoder_attention_heads": HEADS,
              "encoder_ffn_dim": HIDDEN, "decoder_layers": LAYERS, "decoder_attention_heads": HEADS,
              "decoder_ffn_dim": HIDDEN, "max_source_positions": SOURCE, "max_target_positions": CONTEXT,
              "activation_function": "gelu", "dropout": 0.0, "scale_embedding": False, "is_encoder_decoder": True,
              "decoder_start_token_id": SOT, "eos_token_id": EOS, "bos_token_id": EOS, "pad_token_id": EOS}
    writing = {"suppress_tokens": SUPPRESS, "begin_suppress_tokens": BEGIN_SUPPRESS, "is_multilingual": True,
               "no_timestamps_token_id": NO_TIMES, "max_initial_timestamp_index": LATEST, "max_length": CONTEXT,
               "lang_to_id": {"<|en|>": EN, "<|de|>": DE}, "task_to_id": {"transcribe": TRANSCRIBE,
                                                                           "translate": TRANSLATE},
               "eos_token_id": EOS, "decoder_start_token_id": SOT}
    ids = {token: i for i, token in enumerate(letters + special)}
    tokenizer = {"version": "1.0", "truncation": None, "padding": None,
                 "added_tokens": [{"id": ids[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                                   "normalized": False, "special": i < 7} for i, t in enumerate(special)],
                 "normalizer": None,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                                   "use_regex": True},
                 "post_processor": None,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
                 "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                           "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
                           "vocab": {t: i for i, t in enumerate(letters)}, "merges": []}}
    sound = {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": BANDS, "sampling_rate": 16000,
             "hop_length": 800, "n_fft": 1600, "chunk_length": 1, "n_samples": 16000, "nb_max_frames": 20,
             "padding_side": "right", "padding_value": 0.0, "return_attention_mask": False,
             "processor_class": "WhisperProcessor"}
    for name, content in {"config.json": config, "generation_config.json": writing, "tokenizer.json": tokenizer,
                          "preprocessor_config.json": sound}.items():
        (root / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    torch.manual_seed(12)
    p = make()
    t = np.arange(3200) / 16000
    sound = (0.4 * np.sin(2 * np.pi * (300 + 4000 * t) * t) + 0.05 * np.random.default_rng(3).standard_normal(3200))
    sound = sound.astype(np.float32)
    long = np.pad(sound, (0, 480000 - 3200))
    features = torch.randn(2, BANDS, 2 * SOURCE).float().double()
    ids = torch.randint(0, VOCAB, (2, 5))
    tensors = {"sound": torch.tensor(sound), "log_mel": log_mel(sound, BANDS),
               "log_mel_80": log_mel(long, 80)[:, :, ::37], "features": features, "ids": ids,
               "logits": decode(p, ids, encode(p, features))}
    memory = encode(p, features[:1])
    plain, timed = [SOT, DE, TRANSCRIBE, NO_TIMES], [SOT, DE, TRANSCRIBE]
    for name, prompt, times in (("", plain, False), ("_times", timed, True)):
        tensors["greedy" + name] = torch.tensor(greedy(p, memory, prompt, times))
        tensors["beam" + name] = torch.tensor(beam(p, memory, prompt, times))
        print(name, tensors["greedy" + name].tolist(), tensors["beam" + name].tolist())
    tensors["language"] = decode(p, torch.tensor([[SOT]]), memory)[0, -1, [EN, DE]]
    tensors |= {f"param.{name}": value for name, value in p.items()}
    stored = {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()}
    resources = Path(__file__).resolve().parents[1] / "resources"
    path = files.safetensors(resources / "goldens" / "whisper.safetensors", stored,
                             {"command": "python3 speech/src/test/python/whisper_goldens.py"})
    folder(resources / "tiny_whisper")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

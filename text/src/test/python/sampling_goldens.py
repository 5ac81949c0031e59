"""Writes sampling.json: logits after each of the rules by which generation chooses tokens, by PyTorch.

    apt-get install python3-torch && /usr/bin/python3 text/src/test/python/sampling_goldens.py

The rules are written from the papers and the documentation of Hugging Face's LogitsProcessor classes, in the way of
those classes: with a full sort, where the library takes short cuts. A logit of minus infinity is null.
"""
import json
import math
from pathlib import Path

import torch

VOCAB = 300
PROMPT, TEXT = [5, 9, 7, 9, 7], [4, 9, 7, 4, 4, 9]


def repetition(logits, penalty):
    out = logits.clone()
    for i in set(PROMPT + TEXT):
        out[i] = logits[i] / penalty if logits[i] > 0 else logits[i] * penalty
    return out


def frequency(logits, per_time, once):
    out = logits.clone()
    for i in set(TEXT):
        out[i] = logits[i] - per_time * TEXT.count(i) - once
    return out


def no_repeat(logits, size):
    ids, out = PROMPT + TEXT, logits.clone()
    last = ids[len(ids) - size + 1:]
    for i in range(len(ids) - size + 1):
        if ids[i:i + size - 1] == last:
            out[ids[i + size - 1]] = -math.inf
    return out


def top_k(logits, k):
    return logits.masked_fill(logits < torch.topk(logits, k).values[-1], -math.inf)


def top_p(logits, p):
    values, order = torch.sort(logits)
    removed = values.softmax(-1).cumsum(-1) <= 1 - p
    removed[-1] = False
    return logits.masked_fill(torch.zeros_like(removed).scatter(0, order, removed), -math.inf)


def min_p(logits, p):
    probabilities = logits.softmax(-1)
    return logits.masked_fill(probabilities < p * probabilities.max(), -math.inf)


def main():
    torch.manual_seed(3)
    logits = torch.randn(VOCAB, dtype=torch.float64).float().double() * 2
    cases = {
        "repetitionPenalty 1.3": repetition(logits, 1.3),
        "frequencyPenalty 0.4": frequency(logits, 0.4, 0),
        "presencePenalty -0.6": frequency(logits, 0, -0.6),
        "noRepeatNgram 1": no_repeat(logits, 1),
        "noRepeatNgram 2": no_repeat(logits, 2),
        "noRepeatNgram 3": no_repeat(logits, 3),
        "topK 7": top_k(logits, 7),
        "topK 1000": top_k(logits, VOCAB),
        "topP 0.5": top_p(logits, 0.5),
        "topP 0.01": top_p(logits, 0.01),
        "topP 0.999": top_p(logits, 0.999),  # more tokens than a first short cut looks at
        "minP 0.1": min_p(logits, 0.1),
        "all": min_p(top_p(top_k(no_repeat(frequency(repetition(logits, 1.3), 0.4, 0.2), 2) / 0.7, 50), 0.9), 0.05),
    }
    stored = {name: [None if math.isinf(v) else v for v in values.tolist()] for name, values in cases.items()}
    data = dict(prompt=PROMPT, text=TEXT, logits=logits.tolist(), cases=stored)
    path = Path(__file__).resolve().parents[1] / "resources" / "goldens" / "sampling.json"
    text = json.dumps(json.loads(json.dumps(data), parse_float=lambda s: float(f"{float(s):.9g}")))
    path.write_text(text + "\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes;",
          {name: sum(v is not None for v in values) for name, values in stored.items()})


if __name__ == "__main__":
    main()

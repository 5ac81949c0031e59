"""Runs sacreBLEU and seqeval, and writes what they gave into resources/metric.

pip install sacrebleu==2.6.0 seqeval==1.2.2; then: python3 metrics_goldens.py
"""
import json
import random
from pathlib import Path

from sacrebleu.metrics import BLEU, CHRF
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as scores

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
LINES = [line for line in (RESOURCES / "tokenizer" / "emma.txt").read_text().splitlines() if len(line) > 40]
SMOOTH = ["exp", "none", "floor", "add-k"]

# white space beyond ASCII, entities, hyphens at line ends, numbers, letters beyond 16 bits, combining accents
TEXTS = ["", " ", "Hello, (world)!", "It costs 1,000.50 $, or 3.5%.", "10-12 &quot;&amp; well-known", "&amp;quot; &amp;lt;",
         "Vraiment\u00a0? Oui\u202f!", "\u3000\u6211 \u662f\u3000\u5b66\u751f\u3002", "hyphen-\nated <skipped>line\nend-\n", "a\x1cb\x85c\u2028d",
         "\U0001F600 smile, \U0001F1EB\U0001F1F7!", "e\u0301te\u0301 \u00ab na\u00efve \u00bb", "\u20ac5 \u00b1 2\u00b2 = \u00bd\u2026", "x.y, 3.a, .5 5.", "It's 'quoted' \u201cso\u201d",
         "in 1990.", "\u0661\u0662.\u0663 \u0410\u0411\u0412,\u0413", "{a}[b]`c`~d^e_f|g\\h/i:j;k<l>m=n?o@p", "The STRASSE \u0130stanbul", "tab\tand\rreturn "]


def worse(line, draw):
    """A translation of it: words left out, swapped, doubled, cut."""
    words = line.split(" ")
    for _ in range(1 + len(words) // 5):
        i = draw.randrange(len(words))
        what = draw.randrange(4)
        if what == 0 and len(words) > 1: del words[i]
        elif what == 1: words[i], words[-1] = words[-1], words[i]
        elif what == 2: words.insert(i, words[i])
        else: words[i] = words[i][:-1] or "x"
    return " ".join(words)


def bleu(corpora):
    for name, predictions, references in corpora:
        for tokens in ["13a", "none", "char", "intl"]:
            for smooth in SMOOTH:
                metric = BLEU(tokenize=tokens, smooth_method=smooth)
                score = metric.corpus_score(predictions, list(zip(*references)))
                yield {"corpus": name, "tokens": tokens, "smooth": smooth, "value": score.score,
                       "signature": str(metric.get_signature())}


def chrf(corpora):
    for name, predictions, references in corpora:
        for words in [0, 2]:
            for spaces in [False, True]:
                metric = CHRF(word_order=words, whitespace=spaces)
                score = metric.corpus_score(predictions, list(zip(*references)))
                yield {"corpus": name, "words": words, "spaces": spaces, "value": score.score,
                       "signature": str(metric.get_signature())}


def sentences(corpora):
    for name, predictions, references in corpora:
        bleu = BLEU(effective_order=True)
        yield {"corpus": name, "bleu": [bleu.sentence_score(p, r).score for p, r in zip(predictions, references)]}


def entities(draw):
    for prefixes in ["BIO", "BIOES"]:
        tags = [p + "-" + t for p in prefixes if p != "O" for t in ["PER", "LOC", "X-Y"]] + ["O"] * 4
        if prefixes == "BIO": tags += ["B", "I"]
        true = [[draw.choice(tags) for _ in range(draw.randrange(1, 20))] for _ in range(60)]
        found = [[t if draw.random() < 0.7 else draw.choice(tags) for t in sentence] for sentence in true]
        types = sorted({t.split("-", 1)[-1] if "-" in t else "_" for s in true + found for t in s if t != "O"})
        each = [dict(zip(["precision", "recall", "f1", "support"], map(float, row)))
                for row in zip(*scores(true, found, average=None))]
        yield {"expected": true, "found": found, "types": dict(zip(types, each)),
               **{a: [float(x) for x in scores(true, found, average=a)] for a in ["micro", "macro"]}}


def main():
    draw = random.Random(1337)
    novel = [LINES[i] for i in range(0, 240, 2)]
    pairs = [(t, r) for t in TEXTS for r in [t, draw.choice(TEXTS)]]
    corpora = [("novel", [worse(l, draw) for l in novel], [[l, worse(l, draw)] for l in novel]),
               ("short", [" ".join(l.split()[:2]) for l in novel[:20]], [[" ".join(l.split()[1:4])] for l in novel[:20]]),
               ("strange", [p for p, _ in pairs], [[r, r[::-1]] for _, r in pairs]),
               ("empty", ["", ""], [["a b"], ["c"]])]
    tokens = {t: [BLEU(tokenize=t)._preprocess_segment(x).split() for x in TEXTS]
              for t in ["13a", "none", "char", "intl"]}
    golden = {"texts": TEXTS, "tokens": tokens,
              "corpora": {n: {"predictions": p, "references": r} for n, p, r in corpora},
              "bleu": list(bleu(corpora)), "chrf": list(chrf(corpora)), "sentences": list(sentences(corpora)),
              "entities": list(entities(draw))}
    file = RESOURCES / "metric" / "goldens.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")


main()

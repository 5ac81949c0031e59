"""Lays out Asterisk's prompts, one speaker at 8 kHz with their texts, as LJ Speech: metadata.csv and wavs/.

    apt-get install asterisk-core-sounds-en-wav asterisk-core-sounds-en
    python3 speech/src/test/python/asterisk_lines.py <folder>

Texts with digits, signs or notes in brackets are left out, for they are not as they are said.
"""
import gzip
import re
import sys
from pathlib import Path

SOUNDS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
TEXTS = Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
ALLOWED = set(" 'abcdefghijklmnopqrstuvwxyz.,?!-:;")


def main(root):
    (root / "wavs").mkdir(parents=True, exist_ok=True)
    lines = []
    for line in gzip.open(TEXTS, "rt", encoding="utf-8", errors="replace"):
        match = re.match(r"([\w/-]+):\s*(.+)", line.strip())
        if not match:
            continue
        name, text = match.group(1), match.group(2).strip().lower()
        file = SOUNDS / f"{name}.wav"
        if not file.exists() or not set(text) <= ALLOWED or not 2 <= len(text) <= 90:
            continue
        flat = name.replace("/", "_")
        link = root / "wavs" / f"{flat}.wav"
        link.unlink(missing_ok=True)
        link.symlink_to(file)
        lines.append(f"{flat}|{text}")
    (root / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines), "recordings")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

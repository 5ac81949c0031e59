"""Makes a set of spoken commands by synthetic voices, in the layout of Speech Commands: train/<word>/ and test/<word>/.

    apt-get install espeak-ng flite && python3 speech/src/test/python/synthetic_commands.py <folder> [<word> ...]

The words that are named, or twenty, by voices of espeak-ng (accents of English times variants of the voice, each with a
pitch and two tempos of its own) and flite. The test's speakers are none of the training's: other variants, two accents
more, and two of flite's voices. Synthetic voices differ less than people do.
"""
import subprocess
import sys
import zlib
from pathlib import Path

WORDS = ("yes no up down left right on off stop go zero one two three four five six seven eight nine").split()
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029"]
OTHER_ACCENTS = ["en-gb-x-gbclan", "en-us-nyc"]
VARIANTS = ["m1", "m3", "m4", "m6", "m7", "f1", "f3", "f5", "croak", "klatt2", "Andy", "Alex", "Alicia", "Annie", "Denis",
            "Diogo", "Gene", "Hugo", "Jacky", "Mario", "Michael", "Mr", "steph", "Tweaky"]
OTHER_VARIANTS = ["m2", "m5", "m8", "f2", "f4", "klatt3", "Lee", "Linda", "Michel", "Storm"]
FLITE, OTHER_FLITE = ["kal16", "awb"], ["rms", "slt"]


def draw(name, low, high):
    return low + zlib.crc32(name.encode()) % (high - low + 1)


def espeak(folder, word, accent, variant):
    speaker = f"{accent}-{variant}"
    for take in range(2):
        speed = draw(f"{speaker} {word} {take}", 110, 190)
        pitch = draw(f"{speaker} {take}", 30, 70)
        subprocess.run(["espeak-ng", "-v", f"{accent}+{variant}", "-s", str(speed), "-p", str(pitch), "-w",
                        str(folder / f"{speaker}-{take}.wav"), word], check=True, stderr=subprocess.DEVNULL)


def main(root, words):
    for part, accents, variants, voices in (("train", ACCENTS, VARIANTS, FLITE),
                                            ("test", ACCENTS[:2] + OTHER_ACCENTS, OTHER_VARIANTS, OTHER_FLITE)):
        for word in words:
            folder = root / part / word
            folder.mkdir(parents=True, exist_ok=True)
            for accent in accents:
                for variant in variants:
                    espeak(folder, word, accent, variant)
            for voice in voices:
                subprocess.run(["flite", "-voice", voice, "-t", word, "-o", str(folder / f"{voice}.wav")], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or WORDS)

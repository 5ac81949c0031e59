"""Writes the golden files that the Java tests compare with: values and gradients computed by PyTorch.

    python3 core/src/test/python/goldens.py            # all files
    python3 core/src/test/python/goldens.py layers ops # some of them

It needs Debian's python3-torch (1.13.1) and, for metrics.json alone, python3-sklearn:

    apt-get install python3-torch python3-sklearn && /usr/bin/python3 core/src/test/python/goldens.py

Files go to core/src/test/resources/goldens. README.md beside this file describes their keys. Every number is
computed in float64 from float32 inputs and stored as float32, so the stored value is the true one to half a
unit in the last place. Each case has its own seed: adding one leaves the others as they were.
"""
import importlib
import sys
from pathlib import Path

FILES = ["layers", "losses", "optimizers", "sparse", "ops", "schedules", "printing", "metrics",
         "checkpoints"]
FOLDER = Path(__file__).resolve().parents[1] / "resources" / "goldens"

if __name__ == "__main__":
    sys.dont_write_bytecode = True
    wanted = sys.argv[1:] or FILES
    unknown = [name for name in wanted if name not in FILES]
    if unknown:
        sys.exit(f"goldens.py: expected names out of {FILES}. Received {unknown}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        path = importlib.import_module(f"golden.{name}").write(FOLDER)
        print(f"{path.name}: {path.stat().st_size:,} bytes")

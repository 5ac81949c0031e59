"""Writing safetensors and JSON by hand, so that PyTorch is the only thing to install."""
import json
import os
import struct

import torch

COMMAND = "python3 core/src/test/python/goldens.py"
DTYPES = {torch.int64: "I64", torch.float32: "F32", torch.bool: "BOOL"}


def safetensors(path, tensors, metadata):
    """https://github.com/huggingface/safetensors#format: header length, header, data."""
    header = {"__metadata__": {"torch": torch.__version__, "command": COMMAND, **metadata}}
    data = bytearray()
    # Wide types first keep every tensor aligned to its own width, as the reference writer does.
    for name in sorted(tensors, key=lambda n: (-tensors[n].element_size(), n)):
        raw = tensors[name].detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensors[name].dtype], "shape": list(tensors[name].shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return _write(path, struct.pack("<Q", len(text)) + text + data)


def as_json(path, cases, **versions):
    """One case per line: short diffs, and no number on a line of its own."""
    head = {"command": COMMAND, **versions}
    lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    body = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in cases.items())
    lines.append('"cases": {\n' + body + "\n}")
    return _write(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


def _write(path, content):
    beside = path.with_suffix(".part")
    beside.write_bytes(content)
    os.replace(beside, path)
    return path

"""checkpoints/*.pth: what torch.save writes, and what a reader must refuse."""
import os
from collections import OrderedDict

import torch
from torch import nn


class Call:
    def __reduce__(self):
        return os.system, ("echo never",)


def numbers(*shape, dtype=torch.float32, start=0):
    count = torch.Size(shape).numel()
    return (torch.arange(count, dtype=torch.float64) + start).to(dtype).reshape(shape)


def state():
    """Views that share a storage, lie in it backwards or not at its start, and every type."""
    both = numbers(4, 3)
    return OrderedDict([
        ("weight", nn.Parameter(both[:2])), ("later", both[2:]), ("turned", both.t()), ("same", both),
        ("scalar", torch.tensor(7.0)), ("none", torch.zeros(0, 2)),
        ("last", numbers(1, 2, 2, 2).to(memory_format=torch.channels_last)),
        *((str(t)[6:], numbers(3, dtype=t)) for t in (
            torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
            torch.uint8, torch.bool, torch.complex64, torch.complex128))])


def model():
    made = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    for i, value in enumerate(made.state_dict().values()):
        value.copy_(numbers(*value.shape, start=i))
    return made


def training():
    made = model()
    optimizer = torch.optim.Adam(made.parameters(), 0.1)
    made[0].weight.sum().backward()
    optimizer.step()
    model_again = model()
    return {"model": model_again.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "best": 0.75,
            "classes": ["cat", "dog"], "big": 2 ** 40, "minus": -5, "done": False, "nothing": None, "pair": (1, "two")}


def write(folder):
    folder = folder / "checkpoints"
    folder.mkdir(exist_ok=True)
    torch.save(state(), folder / "state.pth")
    torch.save(state(), folder / "protocol4.pth", pickle_protocol=4)
    torch.save(training(), folder / "training.pth")
    torch.save({"weight": torch.ones(1), "call": Call()}, folder / "call.pth")
    torch.manual_seed(0)
    torch.save(nn.Linear(1, 1), folder / "module.pth")
    torch.save(model().state_dict(), folder / "old.pth", _use_new_zipfile_serialization=False)
    return folder / "state.pth"

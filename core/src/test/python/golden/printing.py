"""printing.json: repr(tensor) with the tensor's dtype, shape and flat values."""
import math

import torch

from .files import as_json

PROGRAMS = {
    "ints": "torch.tensor([[1, 20, -300], [4, 5, 6]])",
    "int32": "torch.tensor([7, -8], dtype=torch.int32)",
    "floats": "torch.tensor([[1.5, -2.25, 3.0], [0.1, 100.0, 12.3456789]])",
    "integral_floats": "torch.tensor([1.0, 2.0, -30.0])",
    "scientific_small": "torch.tensor([1e-5, 1.0, 2.0])",
    "scientific_large": "torch.tensor([1e9, 1.5, -3e-4])",
    "wide_ratio": "torch.tensor([0.001, 2000.5])",
    "integral_large": "torch.tensor([1e8, 2.0])",
    "integral_huge": "torch.tensor([1e9, 2.0])",
    "float64": "torch.tensor([1 / 3, 2.0], dtype=torch.float64)",
    "half": "torch.tensor([0.5, 1.25], dtype=torch.float16)",
    "bool": "torch.tensor([[True, False], [False, True]])",
    "empty": "torch.tensor([])",
    "empty_shape": "torch.zeros(0, 3)",
    "scalar_int": "torch.tensor(42)",
    "scalar_float": "torch.tensor(3.14159265)",
    "scalar_integral_float": "torch.tensor(2.0)",
    "scalar_bool": "torch.tensor(True)",
    "not_finite": "torch.tensor([float('nan'), float('inf'), -float('inf'), 1.5])",
    "not_finite_alone": "torch.tensor([float('nan'), float('inf')])",
    "requires_grad": "torch.tensor([1.0, -0.5], requires_grad=True)",
    "cube": "torch.arange(12.0).view(2, 2, 3)",
    "four_axes": "torch.arange(8).view(2, 2, 1, 2)",
    "long_row": "torch.arange(30.0)",
    "wrapped_row": "torch.arange(50) * 1000",
    "exactly_1000": "torch.arange(1000)",
    "summarised": "torch.arange(1001)",
    "summarised_floats": "torch.arange(1200.0) / 8",
    "summarised_2d": "torch.arange(1600).view(40, 40)",
    "summarised_tall": "torch.arange(1002.0).view(501, 2)",
    "summarised_cube": "torch.arange(1200).view(12, 10, 10)",
}


def write(folder):
    cases = {}
    for name, program in PROGRAMS.items():
        t = eval(program)
        cases[name] = {"program": program, "dtype": str(t.dtype).removeprefix("torch."),
                       "shape": list(t.shape), "requires_grad": t.requires_grad,
                       "values": [plain(v) for v in t.flatten().tolist()], "repr": repr(t)}
    return as_json(folder / "printing.json", cases, torch=torch.__version__)


def plain(value):
    """JSON has no nan and no inf: they are strings."""
    return value if math.isfinite(value) else str(value)

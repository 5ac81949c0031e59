"""sparse.safetensors: ten steps of the optimizers that take sparse gradients."""
import json
import zlib

import torch

from .cases import Cases, evaluate, rounded
from .files import safetensors

STEPS = 10
OPTIMIZERS = {
    "sgd": "torch.optim.SGD([w], lr=0.1)",
    "adagrad": "torch.optim.Adagrad([w], lr=0.1)",
    "adagrad_decay": "torch.optim.Adagrad([w], lr=0.1, lr_decay=0.05, initial_accumulator_value=0.2)",
    "adam": "torch.optim.SparseAdam([w], lr=0.1)",
    "adam_eps": "torch.optim.SparseAdam([w], lr=0.1, betas=(0.8, 0.95), eps=0.1)",
}


def write(folder):
    cases = Cases()
    for name, program in OPTIMIZERS.items():
        steps(cases, name, program)
    return safetensors(folder / "sparse.safetensors", cases.tensors, cases.programs)


def steps(cases, name, program):
    """Rows of a table (6, 3) by five ids, some of them twice and some of the table never."""
    torch.manual_seed(zlib.crc32(name.encode()))
    w = rounded(torch.randn(6, 3)).requires_grad_()
    optimizer = evaluate(program, w=w)
    cases.put(f"{name}/init", w.clone())
    for step in range(1, STEPS + 1):
        ids = torch.randint(0, 5, (5,))
        grad = rounded(torch.randn(5, 3))
        cases.put(f"{name}/ids.{step}", ids)
        cases.put(f"{name}/grad.{step}", grad)
        w.grad = None
        torch.nn.functional.embedding(ids, w, sparse=True).backward(grad)
        optimizer.step()
        cases.put(f"{name}/step.{step}", w.clone())
    cases.programs[name] = json.dumps({"program": program})

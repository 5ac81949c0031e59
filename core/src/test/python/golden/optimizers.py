"""optimizers.safetensors: ten steps of each optimizer, gradient clipping, weight averaging."""
import json
import zlib

import torch

from .cases import Cases, evaluate, rounded
from .files import safetensors

STEPS = 10
OPTIMIZERS = {
    "sgd": "torch.optim.SGD({}, lr=0.1)",
    "sgd_momentum": "torch.optim.SGD({}, lr=0.1, momentum=0.9)",
    "sgd_nesterov": "torch.optim.SGD({}, lr=0.1, momentum=0.9, nesterov=True)",
    "sgd_dampening": "torch.optim.SGD({}, lr=0.1, momentum=0.9, dampening=0.3)",
    "sgd_weight_decay": "torch.optim.SGD({}, lr=0.1, momentum=0.9, weight_decay=0.1)",
    "adagrad": "torch.optim.Adagrad({}, lr=0.1)",
    "adagrad_decay": "torch.optim.Adagrad({}, lr=0.1, lr_decay=0.05, weight_decay=0.1,"
                     " initial_accumulator_value=0.2)",
    "rmsprop": "torch.optim.RMSprop({}, lr=0.05)",
    "rmsprop_centered": "torch.optim.RMSprop({}, lr=0.05, alpha=0.9, centered=True)",
    "rmsprop_momentum": "torch.optim.RMSprop({}, lr=0.02, momentum=0.9, weight_decay=0.1)",
    "rmsprop_centered_momentum": "torch.optim.RMSprop({}, lr=0.02, alpha=0.9, momentum=0.9, centered=True)",
    "adam": "torch.optim.Adam({}, lr=0.1)",
    "adam_betas": "torch.optim.Adam({}, lr=0.1, betas=(0.8, 0.95), eps=1e-3)",
    "adam_amsgrad": "torch.optim.Adam({}, lr=0.1, amsgrad=True)",
    "adam_weight_decay": "torch.optim.Adam({}, lr=0.1, weight_decay=0.1)",
    "adamw": "torch.optim.AdamW({}, lr=0.1, weight_decay=0.1)",
    "adamw_amsgrad": "torch.optim.AdamW({}, lr=0.1, weight_decay=0.1, amsgrad=True)",
    "adamw_groups": "torch.optim.AdamW([dict(params=[w], weight_decay=0.3), dict(params=[b], lr=0.02)],"
                    " lr=0.1, weight_decay=0.0)",
    "adadelta": "torch.optim.Adadelta({}, lr=1.0, rho=0.9, eps=1e-6)",
    "adamax": "torch.optim.Adamax({}, lr=0.1)",
    "lion": "Lion({}, lr=0.05, betas=(0.9, 0.99))",
    "lion_weight_decay": "Lion({}, lr=0.05, betas=(0.95, 0.98), weight_decay=0.1)",
}


def write(folder):
    cases = Cases()
    for name, program in OPTIMIZERS.items():
        steps(cases, name, program.format("[w, b]"))
    for name, limit, kind in (("", 1.5, 2.0), ("_under", 50.0, 2.0), ("_1", 1.5, 1.0), ("_inf", 0.5, "inf")):
        clip(cases, f"clip_grad_norm{name}",
             f"torch.nn.utils.clip_grad_norm_([w, b], {limit}, float('{kind}'))",
             max_norm=limit, norm_type=kind)
    clip(cases, "clip_grad_value", "torch.nn.utils.clip_grad_value_([w, b], 0.5)", clip_value=0.5)
    average(cases, "ema", 0.9)
    return safetensors(folder / "optimizers.safetensors", cases.tensors, cases.programs)


def start(name):
    """The model tanh(x w + b), drawn from the case's own seed."""
    torch.manual_seed(zlib.crc32(name.encode()))
    w = rounded(torch.randn(3, 4)).requires_grad_()
    b = rounded(torch.randn(4)).requires_grad_()
    x, y = torch.randn(8, 3).double(), torch.randn(8, 4).double()

    def backward():
        """A quadratic plus a nonlinear term; gradients rounded to float32, so that a replay has the same."""
        w.grad = b.grad = None
        (((x @ w + b).tanh() - y).pow(2).sum() + 0.5 * w.pow(2).sum()).backward()
        w.grad, b.grad = rounded(w.grad), rounded(b.grad)

    return w, b, backward


def steps(cases, name, program):
    w, b, backward = start(name)
    optimizer = evaluate(program, w=w, b=b)
    put(cases, f"{name}/init", w=w, b=b)
    for step in range(1, STEPS + 1):
        backward()
        put(cases, f"{name}/grad.{step}", w=w.grad, b=b.grad)
        optimizer.step()
        if step in (1, STEPS):
            put(cases, f"{name}/step{step}", w=w, b=b)
    skipped = ("params", "foreach", "maximize", "capturable", "differentiable", "fused")
    groups = [{k: v for k, v in group.items() if k not in skipped} for group in optimizer.param_groups]
    describe(cases, name, program, groups=groups)


def clip(cases, name, program, **args):
    w, b, backward = start(name)
    backward()
    put(cases, f"{name}/grad", w=w.grad, b=b.grad)
    norm = evaluate(program, w=w, b=b)
    put(cases, f"{name}/clipped", w=w.grad, b=b.grad)
    if norm is not None:
        cases.put(f"{name}/norm", norm)
    describe(cases, name, program, **args)


def average(cases, name, decay):
    """Exponential moving average of the weights of plain SGD, started at the initial weights."""
    w, b, backward = start(name)
    optimizer = torch.optim.SGD([w, b], lr=0.1)
    mean = {"w": w.detach().clone(), "b": b.detach().clone()}
    put(cases, f"{name}/init", **mean)
    for step in range(1, STEPS + 1):
        backward()
        optimizer.step()
        with torch.no_grad():
            w.copy_(rounded(w)), b.copy_(rounded(b))
        put(cases, f"{name}/value.{step}", w=w, b=b)
        for key, p in (("w", w), ("b", b)):
            mean[key] = decay * mean[key] + (1 - decay) * p.detach()
        if step in (1, STEPS):
            put(cases, f"{name}/step{step}", **mean)
    describe(cases, name, "mean = decay * mean + (1 - decay) * value", decay=decay)


def put(cases, prefix, **tensors):
    for name, t in tensors.items():
        cases.put(f"{prefix}.{name}", t.clone())


def describe(cases, name, program, **args):
    cases.programs[name] = json.dumps({"program": program, **args})

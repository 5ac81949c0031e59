"""Runs a one-line program, and records what went in, what came out and every gradient."""
import zlib

import torch
from torch import nn
from torch.nn import functional as F

from . import formulas

NAMES = {"torch": torch, "nn": nn, "F": F, **vars(formulas)}


def evaluate(program, **names):
    return eval(program, {**NAMES, **names})


def rounded(t):
    """The value that float32 can hold, as float64: what is stored is then exactly what was computed with."""
    return t.float().double() if t.is_floating_point() else t


class Cases:
    """The cases of one file: tensors by key, and the program behind each case."""

    def __init__(self):
        self.tensors = {}
        self.programs = {}

    def add(self, name, program, *inputs, module=None, scale=1.0):
        """
        program -- an expression over x0, x1, ... (the inputs) and m (the module).
        inputs  -- a shape: normal values of deviation `scale`, with a gradient;
                   a string: the expression of a constant.
        module  -- the expression of an nn.Module, whose parameters are drawn anew.
        """
        assert name not in self.programs, name
        torch.manual_seed(zlib.crc32(name.encode()))
        x = [_input(spec, scale) for spec in inputs]
        m = _randomised(evaluate(module)) if module else None
        before = {} if m is None else {k: v.detach().clone() for k, v in m.state_dict().items()}

        result = evaluate(program, m=m, **{f"x{i}": v for i, v in enumerate(x)})
        many = isinstance(result, (tuple, list))
        outs = list(result) if many else [result]
        live = [i for i, out in enumerate(outs) if out.requires_grad]
        ups = {i: _upstream(outs[i]) for i in live}
        torch.autograd.backward([outs[i] for i in live], list(ups.values()))

        self.programs[name] = f"m = {module}; {program}" if module else program
        for i, v in enumerate(x):
            self.put(f"{name}/in.{i}", v)
            if v.grad is not None:
                self.put(f"{name}/grad_in.{i}", v.grad)
        for i, out in enumerate(outs):
            suffix = f".{i}" if many else ""
            self.put(f"{name}/out{suffix}", out)
            if i in ups:
                self.put(f"{name}/grad_out{suffix}", ups[i])
        if m is not None:
            self._put_module(name, m, before)

    def _put_module(self, name, m, before):
        for k, v in before.items():
            self.put(f"{name}/param.{k}", v)
        for k, p in m.named_parameters():
            self.put(f"{name}/grad.{k}", p.grad)
        for k, v in m.named_buffers():
            if not torch.equal(v, before[k]):
                self.put(f"{name}/after.{k}", v)

    def put(self, key, t):
        assert key not in self.tensors, key
        t = t.detach()
        self.tensors[key] = t.float() if t.is_floating_point() else t


def _input(spec, scale):
    if isinstance(spec, str):
        return rounded(evaluate(spec))
    return rounded(scale * torch.randn(spec)).requires_grad_()


def _upstream(out):
    """1 into a scalar, as loss.backward() starts; else standard normal."""
    return torch.ones_like(out) if out.dim() == 0 else rounded(torch.randn(out.shape))


def _randomised(m):
    """Norm weights other than 1 and biases other than 0, so that a test notices one left out."""
    m = m.double()
    with torch.no_grad():
        for k, v in m.state_dict().items():
            if not v.is_floating_point():
                continue
            if k.endswith("running_var"):
                v.copy_(rounded(0.5 + torch.rand(v.shape)))
            elif v.dim() > 1:
                v.copy_(rounded(torch.randn(v.shape) / v[0].numel() ** 0.5))
            else:
                v.copy_(rounded(0.3 * torch.randn(v.shape) + (1 if k.endswith("weight") else 0)))
    return m

"""schedules.json: lr[k] is the learning rate in force at step k; lr[0] before the first scheduler.step()."""
import math

import torch
from torch.optim import lr_scheduler

from .files import as_json

BASE = 0.1
STEPS = 30
WARMUP, TOTAL = 5, 30


def cosine_with_warmup(step):
    """get_cosine_schedule_with_warmup(optimizer, 5, 30) of Hugging Face transformers, half a cycle."""
    if step < WARMUP:
        return step / max(1, WARMUP)
    progress = (step - WARMUP) / max(1, TOTAL - WARMUP)
    return max(0.0, 0.5 * (1.0 + math.cos(math.pi * 0.5 * 2.0 * progress)))


def linear_with_warmup(step):
    """get_linear_schedule_with_warmup(optimizer, 5, 30) of Hugging Face transformers."""
    if step < WARMUP:
        return step / max(1, WARMUP)
    return max(0.0, (TOTAL - step) / max(1, TOTAL - WARMUP))


def inverse_square_root(step):
    """Vaswani et al. 2017, eq. 3, without its model-size factor: s from 1, min(s^-0.5, s warmup^-1.5)."""
    return min((step + 1) ** -0.5, (step + 1) * WARMUP ** -1.5)


PROGRAMS = {
    "constant": "LambdaLR(sgd, lambda step: 1.0)",
    "step": "StepLR(sgd, step_size=7, gamma=0.5)",
    "multi_step": "MultiStepLR(sgd, milestones=[4, 9, 20], gamma=0.3)",
    "exponential": "ExponentialLR(sgd, gamma=0.9)",
    "linear": "LinearLR(sgd, start_factor=0.25, end_factor=1.0, total_iters=8)",
    "polynomial": "PolynomialLR(sgd, total_iters=20, power=2.0)",
    "cosine": "CosineAnnealingLR(sgd, T_max=29, eta_min=0.01)",
    "cosine_beyond": "CosineAnnealingLR(sgd, T_max=10)",
    "cosine_restarts": "CosineAnnealingWarmRestarts(sgd, T_0=10, eta_min=0.001)",
    "cosine_restarts_mult": "CosineAnnealingWarmRestarts(sgd, T_0=4, T_mult=2)",
    "one_cycle": "OneCycleLR(sgd, max_lr=0.1, total_steps=30, cycle_momentum=False)",
    "one_cycle_linear": "OneCycleLR(sgd, max_lr=0.1, total_steps=30, pct_start=0.4, anneal_strategy='linear',"
                        " div_factor=10.0, final_div_factor=100.0, cycle_momentum=False)",
    "cosine_with_warmup": "LambdaLR(sgd, cosine_with_warmup)",
    "linear_with_warmup": "LambdaLR(sgd, linear_with_warmup)",
    "inverse_square_root": "LambdaLR(sgd, inverse_square_root)",
}
FALLING = [1.0, 0.8, 0.7, 0.7, 0.71, 0.7, 0.69999, 0.72, 0.6, 0.65, 0.64, 0.63,
           0.62, 0.61, 0.6, 0.6, 0.6, 0.5, 0.55, 0.56]
RISING = [0.1, 0.3, 0.5, 0.5, 0.49, 0.51, 0.5, 0.5, 0.6, 0.605, 0.6, 0.6, 0.6,
          0.6, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]
PLATEAUS = {
    "plateau": ("ReduceLROnPlateau(sgd, factor=0.5, patience=2)", FALLING),
    "plateau_cooldown": ("ReduceLROnPlateau(sgd, factor=0.5, patience=1, cooldown=2, min_lr=0.02)", FALLING),
    "plateau_max_abs": ("ReduceLROnPlateau(sgd, mode='max', factor=0.1, patience=2, threshold=0.02,"
                        " threshold_mode='abs')", RISING),
}


def write(folder):
    cases = {}
    for name, program in PROGRAMS.items():
        optimizer, scheduler = start(program)
        lr = [rate(optimizer)]
        for _ in range(STEPS - 1):
            optimizer.step()
            scheduler.step()
            lr.append(rate(optimizer))
        cases[name] = {"program": program, "base_lr": BASE, "lr": lr}
    for name, (program, metric) in PLATEAUS.items():
        optimizer, scheduler = start(program)
        lr = [rate(optimizer)]
        for value in metric:
            scheduler.step(value)
            lr.append(rate(optimizer))
        cases[name] = {"program": program, "base_lr": BASE, "metric": metric, "lr": lr}
    return as_json(folder / "schedules.json", cases, torch=torch.__version__)


def start(program):
    sgd = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)
    return sgd, eval(program, {**vars(lr_scheduler), **globals(), "sgd": sgd})


def rate(optimizer):
    return optimizer.param_groups[0]["lr"]

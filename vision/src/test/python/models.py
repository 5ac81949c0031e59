"""Writes the names and shapes that ModelsTest expects, by torchvision and torch, and prints the logits.

    apt-get install python3-torchvision       # made with torchvision 0.14.1
    /usr/bin/python3 vision/src/test/python/models.py # writes vision/src/test/resources/models
"""
import pathlib

import torch
import torch.nn as nn
import torchvision

out = pathlib.Path(__file__).resolve().parents[1] / "resources/models"
out.mkdir(parents=True, exist_ok=True)

relu, pool, flat = nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
cifar = torchvision.models.resnet18(num_classes=10)
cifar.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
models = {
    "mlp": nn.Sequential(flat, nn.Linear(784, 128), relu, nn.Linear(128, 10)),
    "mnist-convnet": nn.Sequential(nn.Conv2d(1, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool, flat,
                                   nn.Dropout(0.5), nn.Linear(1600, 10)),
    "mnist-cnn": nn.Sequential(nn.Conv2d(1, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool,
                               nn.Conv2d(64, 64, 3), relu, flat, nn.Linear(576, 64), relu, nn.Linear(64, 10)),
    "cifar-cnn": nn.Sequential(nn.Conv2d(3, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool, flat,
                               nn.Linear(2304, 64), relu, nn.Linear(64, 10)),
    "batch-norm-cnn": nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), relu, pool,
        nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), relu, pool,
        nn.Conv2d(64, 128, 3, padding=1, bias=False), nn.BatchNorm2d(128), relu, pool,
        flat, nn.Dropout(0.4), nn.Linear(1152, 10)),
    "cifar-resnet18": cifar,
    "resnet18": torchvision.models.resnet18(),
    "resnet34": torchvision.models.resnet34(),
}
for name, model in models.items():
    lines = [f"{key} ({', '.join(map(str, value.shape))})" for key, value in model.state_dict().items()]
    (out / f"{name}.txt").write_text("\n".join(sorted(lines)) + "\n")
    print(name, sum(p.numel() for p in model.parameters()))

# Logits of ResNet-18 in evaluation mode, its tensors filled by a formula that the test repeats.
model = models["cifar-resnet18"].eval()
model.maxpool = nn.Identity()


def wave(shape, offset):
    count = torch.tensor(shape).prod().item()
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.7 + offset).reshape(shape)


for name, value in model.double().state_dict().items():
    if value.dim() == 0:
        continue
    scale = 0.4 * value[0].numel() ** -0.5 if value.dim() > 1 else 0.1
    shift = 1 if name.endswith("running_var") or (value.dim() == 1 and name.endswith("weight")) else 0
    value.copy_(wave(value.shape, len(name)) * scale + shift)
with torch.no_grad():
    print("logits:", model(wave((1, 3, 32, 32), 0)).squeeze().tolist())

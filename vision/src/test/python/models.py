"""Writes the names and shapes that ModelsTest expects, by torchvision and torch.

    apt-get install python3-torchvision       # made with torchvision 0.14.1
    /usr/bin/python3 vision/src/test/python/models.py # writes vision/src/test/resources/models
"""
import pathlib

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
    "cifar-resnet18": cifar,
    "resnet18": torchvision.models.resnet18(),
    "resnet34": torchvision.models.resnet34(),
}
for name, model in models.items():
    lines = [f"{key} ({', '.join(map(str, value.shape))})" for key, value in model.state_dict().items()]
    (out / f"{name}.txt").write_text("\n".join(sorted(lines)) + "\n")
    print(name, sum(p.numel() for p in model.parameters()))

"""Writes what ModelsTest and BackbonesTest expect: names and shapes, outputs and gradients, by torchvision and torch.

    apt-get install python3-torchvision       # made with torchvision 0.14.1, torch 1.13.1
    /usr/bin/python3 vision/src/test/python/models.py            # writes vision/src/test/resources/models
    /usr/bin/python3 vision/src/test/python/models.py vgg        # only those whose names have this in them

`<name>.txt` lists a model's tensors. `<name>.json` holds what it computes in float64, its tensors and its input filled
by `noise`, which the test repeats. For one image in evaluation mode:

    logits      the first 8
    maps        for each map of features: channels, height, width, sum, sum of absolute values
    gradients   for some tensors, and the input: sum of the absolute gradients of sum(logits * noise("loss"))

and for two images in training mode, without dropout:

    training    the first 8 logits of all classifiers, and the sums of all running means and variances afterwards
"""
import json
import pathlib
import sys
import zlib
from functools import partial

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision import models as tv
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.vgg import VGG, make_layers
from torchvision.ops import StochasticDepth

out = pathlib.Path(__file__).resolve().parents[1] / "resources/models"


# ---- small networks, and those that torchvision lacks

class CifarBlock(nn.Module):
    """He et al. 2015, section 4.2, with shortcuts of option A."""

    def __init__(self, before, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.more = stride, channels - before

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        shortcut = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return F.relu(y + shortcut)


class CifarResNet(nn.Module):
    def __init__(self, blocks, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        before = 16
        for i, channels in enumerate((16, 32, 64)):
            stage = []
            for j in range(blocks):
                stage.append(CifarBlock(before, channels, 2 if i > 0 and j == 0 else 1))
                before = channels
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.fc(x.mean((2, 3)))


def cifar_resnet18():
    model = tv.resnet18(num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


class PaddedAtEnd(nn.Conv2d):
    """TensorFlow's padding "SAME"."""

    def forward(self, x):
        sides = []
        for size, kernel, stride in zip(x.shape[2:], self.kernel_size, self.stride):
            along = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            sides = [along // 2, along - along // 2] + sides
        return super().forward(F.pad(x, sides))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, table 1."""

    def __init__(self, width, classes):
        super().__init__()

        def conv(before, channels, kernel, stride=1, groups=1):
            return nn.Sequential(PaddedAtEnd(before, channels, kernel, stride, groups=groups, bias=False),
                                 nn.BatchNorm2d(channels, 1e-3, 0.01), nn.ReLU6())

        before = int(32 * width)
        layers = [conv(3, before, 3, 2)]
        for channels, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [
                (1024, 2), (1024, 1)]:
            channels = int(channels * width)
            layers.append(nn.Sequential(conv(before, before, 3, stride, before), conv(before, channels, 1)))
            before = channels
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(before, classes))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def vgg_tiny(batch_norm):
    layout = [8, "M", 16, "M", 32, 32, "M", 64, 64, "M", 64, 64, "M"]
    model = VGG(make_layers(layout, batch_norm), num_classes=5, init_weights=False, dropout=0)
    model.classifier[0], model.classifier[3], model.classifier[6] = (
        nn.Linear(64 * 49, 12), nn.Linear(12, 12), nn.Linear(12, 5))
    return model


def mobilenet_v3_tiny():
    row = partial(InvertedResidualConfig, dilation=1, width_mult=1.0)
    return MobileNetV3([row(16, 3, 16, 16, True, "RE", 2), row(16, 5, 40, 24, True, "HS", 2),
                        row(24, 3, 48, 24, False, "HS", 1)], 32, num_classes=5, dropout=0)


def efficientnet_tiny():
    row = partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)
    return EfficientNet([row(1, 3, 1, 32, 16, 1), row(4, 5, 2, 16, 24, 2)], 0.0, 0.0, num_classes=5)


def spread(*convolutions):
    """Their taps twice as far apart."""
    for conv in convolutions:
        conv.dilation, conv.padding = (2, 2), tuple(2 * p for p in conv.padding)


def efficientnet_tiny_stride2():
    model = efficientnet_tiny()
    model.features[2][0].block[1][0].stride = (1, 1)
    spread(model.features[2][1].block[1][0])
    return model


def vgg_tiny_stride8():
    """The last two poolings gone, that of 1 being none, and the convolutions between them spread."""
    model = vgg_tiny(False)
    pools = [i for i, m in enumerate(model.features) if isinstance(m, nn.MaxPool2d)]
    spread(*(m for m in model.features[pools[3]:] if isinstance(m, nn.Conv2d)))
    for i in pools[3:]:
        model.features[i] = nn.MaxPool2d(1)
    return model


def densenet_tiny_stride4():
    model = tv.DenseNet(8, (2, 3), 16, num_classes=5)
    model.features.transition1.pool = nn.Identity()
    spread(*(layer.conv2 for layer in model.features.denseblock2.children()))
    return model


def efficientnet_b0():
    model = tv.efficientnet_b0()
    for module in model.modules():
        if isinstance(module, (nn.Dropout, StochasticDepth)):
            module.p = 0.0
    return model


def vit(size, patch, dim, layers, heads, hidden, classes=1000):
    return tv.VisionTransformer(size, patch, layers, heads, dim, hidden, num_classes=classes)


def vit_tiny_48():
    """Made for images of 32 and used for 48: the positions of 4x4 squares become those of 6x6."""
    model = vit(48, 8, 16, 2, 2, 24, 5)
    model.made_for = 4
    return model


def small():
    relu, pool, flat = nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    return {
        "mlp": lambda: nn.Sequential(flat, nn.Linear(784, 128), relu, nn.Linear(128, 10)),
        "mnist-convnet": lambda: nn.Sequential(
            nn.Conv2d(1, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool, flat, nn.Dropout(0.5),
            nn.Linear(1600, 10)),
        "mnist-cnn": lambda: nn.Sequential(
            nn.Conv2d(1, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool, nn.Conv2d(64, 64, 3), relu, flat,
            nn.Linear(576, 64), relu, nn.Linear(64, 10)),
        "cifar-cnn": lambda: nn.Sequential(
            nn.Conv2d(3, 32, 3), relu, pool, nn.Conv2d(32, 64, 3), relu, pool, flat, nn.Linear(2304, 64), relu,
            nn.Linear(64, 10)),
        "batch-norm-cnn": lambda: nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), relu, pool,
            nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), relu, pool,
            nn.Conv2d(64, 128, 3, padding=1, bias=False), nn.BatchNorm2d(128), relu, pool,
            flat, nn.Dropout(0.4), nn.Linear(1152, 10)),
    }


# ---- every backbone: how to make it, the side of the images, and the modules whose results are its maps

def stages(*names):
    return lambda model: list(names)


def resnet_maps(model):
    return (["relu"] if isinstance(getattr(model, "maxpool", None), nn.MaxPool2d) else []) + [
        f"layer{i}" for i in range(1, 5) if hasattr(model, f"layer{i}")]


def vgg_maps(model):
    last = len(model.features) - 1
    return [f"features.{i - 1}" for i, m in enumerate(model.features) if isinstance(m, nn.MaxPool2d)] + [
        f"features.{last}"]


def densenet_maps(model):
    blocks = [name for name, _ in model.features.named_children() if name.startswith("denseblock")]
    return ["features.relu0"] + [f"features.{name}" for name in blocks[:-1]] + ["F.relu"]


GOOGLENET = stages("conv1", "conv3", "inception3b", "inception4e", "inception5b")
INCEPTION = stages("Conv2d_2b_3x3", "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e", "Mixed_7c")
MOBILENET_V1 = stages("features.1", "features.3", "features.5", "features.11", "features.13")
SQUARES = stages("encoder")

backbones = {
    "cifar-resnet18": (cifar_resnet18, 32, resnet_maps),
    "resnet18": (tv.resnet18, 64, resnet_maps),
    "resnet34": (tv.resnet34, 64, resnet_maps),
    "resnet50": (tv.resnet50, 64, resnet_maps),
    "resnet101": (tv.resnet101, 64, resnet_maps),
    "resnet50-stride8": (lambda: tv.resnet50(replace_stride_with_dilation=[False, True, True]), 64, resnet_maps),
    "resnet20": (lambda: CifarResNet(3), 32, resnet_maps),
    "resnet32": (lambda: CifarResNet(5), 32, resnet_maps),
    "resnet56": (lambda: CifarResNet(9), 32, resnet_maps),
    "resnet110": (lambda: CifarResNet(18), 32, resnet_maps),
    "vgg-tiny": (lambda: vgg_tiny(False), 64, vgg_maps),
    "vgg-tiny-bn": (lambda: vgg_tiny(True), 64, vgg_maps),
    "vgg11": (lambda: tv.vgg11(dropout=0), 64, vgg_maps),
    "vgg13": (lambda: tv.vgg13(dropout=0), 64, vgg_maps),
    "vgg16": (lambda: tv.vgg16(dropout=0), 64, vgg_maps),
    "vgg19": (lambda: tv.vgg19(dropout=0), 64, vgg_maps),
    "vgg11-bn": (lambda: tv.vgg11_bn(dropout=0), 64, vgg_maps),
    "vgg13-bn": (lambda: tv.vgg13_bn(dropout=0), 64, vgg_maps),
    "vgg16-bn": (lambda: tv.vgg16_bn(dropout=0), 64, vgg_maps),
    "vgg19-bn": (lambda: tv.vgg19_bn(dropout=0), 64, vgg_maps),
    "googlenet": (lambda: tv.googlenet(init_weights=False, dropout=0, dropout_aux=0), 64, GOOGLENET),
    "inception_v3-107": (lambda: tv.inception_v3(init_weights=False, dropout=0, aux_logits=False), 107, INCEPTION),
    "inception_v3": (lambda: tv.inception_v3(init_weights=False, dropout=0), 299, INCEPTION),
    "mobilenet_v1-tiny": (lambda: MobileNetV1(0.25, 5), 75, MOBILENET_V1),
    "mobilenet_v1": (lambda: MobileNetV1(1, 1000), 64, MOBILENET_V1),
    "mobilenet_v2-tiny": (lambda: tv.MobileNetV2(num_classes=5, width_mult=0.25, dropout=0), 64, stages(
        "features.1", "features.3", "features.6", "features.13", "features.17")),
    "mobilenet_v2": (lambda: tv.mobilenet_v2(dropout=0), 64, stages(
        "features.1", "features.3", "features.6", "features.13", "features.17")),
    "mobilenet_v3-tiny": (mobilenet_v3_tiny, 64, stages("features.0", "features.1", "features.3")),
    "mobilenet_v3_large": (lambda: tv.mobilenet_v3_large(dropout=0), 64, stages(
        "features.1", "features.3", "features.6", "features.12", "features.15")),
    "mobilenet_v3_small": (lambda: tv.mobilenet_v3_small(dropout=0), 64, stages(
        "features.0", "features.1", "features.3", "features.8", "features.11")),
    "efficientnet-tiny": (efficientnet_tiny, 64, stages("features.1", "features.2")),
    "efficientnet-tiny-stride2": (efficientnet_tiny_stride2, 64, stages("features.2")),
    "vgg-tiny-stride8": (vgg_tiny_stride8, 64, vgg_maps),
    "densenet-tiny-stride4": (densenet_tiny_stride4, 64, densenet_maps),
    "mobilenet_v3_small-stride16": (lambda: tv.mobilenet_v3_small(dropout=0, dilated=True), 64, stages(
        "features.0", "features.1", "features.3", "features.11")),
    "efficientnet_b0": (efficientnet_b0, 64, stages(
        "features.1", "features.2", "features.3", "features.5", "features.7")),
    "densenet-tiny": (lambda: tv.DenseNet(8, (2, 3), 16, num_classes=5), 64, densenet_maps),
    "densenet121": (tv.densenet121, 64, densenet_maps),
    "convnext-tiny": (lambda: tv.ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 2)], num_classes=5), 32,
                      stages("features.1", "features.3")),
    "convnext_tiny": (lambda: tv.convnext_tiny(stochastic_depth_prob=0), 64, stages(
        "features.1", "features.3", "features.5", "features.7")),
    "vit-tiny": (lambda: vit(32, 8, 16, 2, 2, 24, 5), 32, SQUARES),
    "vit-tiny-48": (vit_tiny_48, 48, SQUARES),
    "vit_s_16": (lambda: vit(224, 16, 384, 12, 6, 1536), 224, SQUARES),
    "vit_b_16": (tv.vit_b_16, 224, SQUARES),
    "vit_b_32": (tv.vit_b_32, 224, SQUARES),
    "deit_tiny": (lambda: vit(224, 16, 192, 12, 3, 768), 224, SQUARES),
}


# ---- what is written

def noise(name, *shape):
    """Numbers from -1 to 1, of 24 bits, by SplitMix64's finalizer from a name and a position."""
    count = int(np.prod(shape, dtype=np.int64))
    with np.errstate(over="ignore"):
        z = ((np.uint64(zlib.crc32(name.encode())) << np.uint64(32)) + np.arange(count, dtype=np.uint64))
        z *= np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return torch.from_numpy((z >> np.uint64(40)).astype(np.float64) / 2 ** 23 - 1).reshape(shape)


def filled(name, shape):
    """As float32 holds them."""
    if not shape:
        return torch.zeros(())
    u = noise(name, *shape)
    if name.endswith("running_var") or len(shape) == 1 and name.endswith("weight"):
        value = 1 + 0.2 * u
    elif len(shape) == 1:
        value = 0.1 * u
    elif name.endswith("layer_scale"):
        value = 0.5 * u
    else:
        value = u * (6 / (u.numel() / shape[0])) ** 0.5
    return value.float()


def fill(model):
    for name, value in model.state_dict().items():
        if name == "encoder.pos_embedding" and hasattr(model, "made_for"):
            value.copy_(resized(filled(name, (1, 1 + model.made_for ** 2, value.shape[2])).double(), model.made_for,
                                int(value.shape[1] ** 0.5)))
        else:
            value.copy_(filled(name, value.shape))
    return model


def resized(positions, side, to):
    squares = positions[:, 1:].transpose(1, 2).reshape(1, -1, side, side)
    squares = F.interpolate(squares, (to, to), mode="bicubic", align_corners=False)
    return torch.cat([positions[:, :1], squares.flatten(2).transpose(1, 2)], 1)


def maps(model, x, names):
    """The logits, and what modules computed; "F.relu" is densenet's last."""
    seen = {}
    for name in names:
        module = model.features if name == "F.relu" else model.get_submodule(name)
        module.register_forward_hook(lambda m, i, o, name=name: seen.update({name: o.detach().clone()}))
    logits = model(x)
    if "F.relu" in seen:
        seen["F.relu"] = F.relu(seen["F.relu"])
    return logits, [seen[name] for name in names]


def digits(tensor):
    return [float(v) for v in tensor.detach().flatten()[:8]]


def write(name, make, side, stages):
    model = make()
    state = model.state_dict()
    if not hasattr(model, "made_for"):
        (out / f"{name}.txt").write_text("".join(sorted(
            f"{key} ({', '.join(map(str, value.shape))})\n" for key, value in state.items())))
    print(name, sum(p.numel() for p in model.parameters()), flush=True)
    if stages is None:
        return
    model = fill(model.double()).eval()
    x = noise("input", 1, 3, side, side).requires_grad_()
    names = stages(model)
    logits, results = maps(model, x, names)
    if names == ["encoder"]:
        squares = results[0][:, 1:].transpose(1, 2)
        edge = int(squares.shape[2] ** 0.5)
        results = [squares.reshape(1, -1, edge, edge)]
    (logits * noise("loss", *logits.shape)).sum().backward()
    params = dict(model.named_parameters())
    live = sorted(key for key, p in params.items() if p.grad is not None)
    if hasattr(model, "made_for"):
        live.remove("encoder.pos_embedding")
    chosen = live[::max(1, len(live) // 10)]
    golden = {
        "logits": digits(logits),
        "maps": [[*m.shape[1:], float(m.sum()), float(m.abs().sum())] for m in results],
        "gradients": {"input": float(x.grad.abs().sum()),
                      **{key: float(params[key].grad.abs().sum()) for key in chosen}},
    }
    del params, logits, results
    model.zero_grad(set_to_none=True)
    model.train()
    with torch.no_grad():
        answer = model(noise("input", 2, 3, side, side))
    # the classifier, then those at the side from the first on (whose names GoogLeNetOutputs has the wrong way round)
    many = answer if isinstance(answer, tuple) else [answer]
    state = model.state_dict()
    golden["training"] = {
        "logits": [v for one in many for v in digits(one)],
        "means": float(sum(v.abs().sum() for k, v in state.items() if k.endswith("running_mean"))),
        "variances": float(sum(v.sum() for k, v in state.items() if k.endswith("running_var"))),
    }
    (out / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    out.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or [""]
    for name, make in small().items():
        if any(part in name for part in wanted):
            write(name, make, 0, None)
    for name, (make, side, stages) in backbones.items():
        if any(part in name for part in wanted):
            write(name, make, side, stages)

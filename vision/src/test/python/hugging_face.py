"""Writes what ForeignNamesTest expects: networks written out in torch, by the names of Hugging Face's transformers.

    apt-get install python3-torch                                # made with torch 1.13.1
    /usr/bin/python3 vision/src/test/python/hugging_face.py      # writes vision/src/test/resources/hugging_face.json

transformers itself is not needed: each function below says what its modules of the same names compute. Tensors and the
input are filled as in models.py, in float64; for each network the file holds names and shapes, and the logits.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from models import filled, noise

out = pathlib.Path(__file__).resolve().parents[1] / "resources/hugging_face.json"


class Tensors:
    """Makes a tensor when its name is first asked for."""

    def __init__(self):
        self.shapes = {}

    def __call__(self, name, *shape):
        self.shapes[name] = list(shape)
        return filled(name, shape).double()


def batch_norm(t, name, x):
    c = x.shape[1]
    t(name + ".num_batches_tracked")
    return F.batch_norm(x, t(name + ".running_mean", c), t(name + ".running_var", c), t(name + ".weight", c),
                        t(name + ".bias", c), eps=1e-5)


def linear(t, name, x, n):
    return F.linear(x, t(name + ".weight", n, x.shape[-1]), t(name + ".bias", n))


def layer_norm(t, name, x, eps):
    c = x.shape[-1]
    return F.layer_norm(x, (c,), t(name + ".weight", c), t(name + ".bias", c), eps)


def resnet(t, x, depths, widths, stem, bottleneck, classes):
    """ResNetForImageClassification: ResNetEmbeddings, ResNetBasicLayer, ResNetBottleNeckLayer, ResNetShortCut."""
    def conv(name, x, n, kernel, stride):
        x = F.conv2d(x, t(name + ".convolution.weight", n, x.shape[1], kernel, kernel), None, stride, kernel // 2)
        return batch_norm(t, name + ".normalization", x)

    x = F.max_pool2d(conv("resnet.embedder.embedder", x, stem, 7, 2).relu(), 3, 2, 1)
    for i, (depth, width) in enumerate(zip(depths, widths)):
        for j in range(depth):
            name = f"resnet.encoder.stages.{i}.layers.{j}."
            stride = 2 if i > 0 and j == 0 else 1
            if bottleneck:
                y = conv(name + "layer.0", x, width // 4, 1, 1).relu()
                y = conv(name + "layer.1", y, width // 4, 3, stride).relu()
                y = conv(name + "layer.2", y, width, 1, 1)
            else:
                y = conv(name + "layer.0", x, width, 3, stride).relu()
                y = conv(name + "layer.1", y, width, 3, 1)
            if stride != 1 or x.shape[1] != width:
                x = conv(name + "shortcut", x, width, 1, stride)
            x = (x + y).relu()
    return linear(t, "classifier.1", x.mean((2, 3)), classes)


def vit(t, x, patch, width, layers, heads, hidden, classes, base="vit"):
    """ViTForImageClassification: ViTEmbeddings, ViTLayer with ViTSelfAttention."""
    n, d = x.shape[0], width // heads
    x = F.conv2d(x, t(base + ".embeddings.patch_embeddings.projection.weight", width, 3, patch, patch),
                 t(base + ".embeddings.patch_embeddings.projection.bias", width), patch).flatten(2).transpose(1, 2)
    x = torch.cat([t(base + ".embeddings.cls_token", 1, 1, width).expand(n, -1, -1), x], 1)
    x = x + t(base + ".embeddings.position_embeddings", 1, x.shape[1], width)
    for i in range(layers):
        name = f"{base}.encoder.layer.{i}."
        h = layer_norm(t, name + "layernorm_before", x, 1e-12)
        q, k, v = (linear(t, name + "attention.attention." + part, h, width).view(n, -1, heads, d).transpose(1, 2)
                   for part in ("query", "key", "value"))
        a = (q @ k.transpose(2, 3) / d ** 0.5).softmax(-1) @ v
        x = x + linear(t, name + "attention.output.dense", a.transpose(1, 2).reshape(n, -1, width), width)
        h = F.gelu(linear(t, name + "intermediate.dense", layer_norm(t, name + "layernorm_after", x, 1e-12), hidden))
        x = x + linear(t, name + "output.dense", h, width)
    return linear(t, "classifier", layer_norm(t, base + ".layernorm", x, 1e-12)[:, 0], classes)


def convnext(t, x, depths, widths, classes):
    """ConvNextForImageClassification: ConvNextEmbeddings, ConvNextStage, ConvNextLayer."""
    def conv(name, x, n, kernel, stride=1, padding=0, groups=1):
        return F.conv2d(x, t(name + ".weight", n, x.shape[1] // groups, kernel, kernel), t(name + ".bias", n), stride,
                        padding, 1, groups)

    def norm_first(name, x):
        return layer_norm(t, name, x.permute(0, 2, 3, 1), 1e-6).permute(0, 3, 1, 2)

    x = norm_first("convnext.embeddings.layernorm",
                   conv("convnext.embeddings.patch_embeddings", x, widths[0], 4, 4))
    for i, (depth, width) in enumerate(zip(depths, widths)):
        stage = f"convnext.encoder.stages.{i}."
        if i > 0:
            x = conv(stage + "downsampling_layer.1", norm_first(stage + "downsampling_layer.0", x), width, 2, 2)
        for j in range(depth):
            name = stage + f"layers.{j}."
            h = conv(name + "dwconv", x, width, 7, 1, 3, width).permute(0, 2, 3, 1)
            h = F.gelu(linear(t, name + "pwconv1", layer_norm(t, name + "layernorm", h, 1e-6), 4 * width))
            h = t(name + "layer_scale_parameter", width) * linear(t, name + "pwconv2", h, width)
            x = x + h.permute(0, 3, 1, 2)
    return linear(t, "classifier", layer_norm(t, "convnext.layernorm", x.mean((2, 3)), 1e-12), classes)


def same(x, weight, stride=1, dilation=1, groups=1):
    """MobileNet's apply_tf_padding, and the convolution behind it."""
    k = weight.shape[-1]
    sizes = []
    for size in x.shape[2:]:
        along = max(k - stride, 0) if size % stride == 0 else max(k - size % stride, 0)
        sizes.append((along // 2 * dilation, (along - along // 2) * dilation))
    (top, bottom), (left, right) = sizes
    return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, None, stride, 0, dilation, groups)


def batch_norm3(t, name, x):
    """With the epsilon of TensorFlow."""
    c = x.shape[1]
    t(name + ".num_batches_tracked")
    return F.batch_norm(x, t(name + ".running_mean", c), t(name + ".running_var", c), t(name + ".weight", c),
                        t(name + ".bias", c), eps=1e-3)


def mobile(t, name, x, n, kernel, stride=1, dilation=1, groups=1, active=True):
    """MobileNetV1ConvLayer and MobileNetV2ConvLayer."""
    x = same(x, t(name + ".convolution.weight", n, x.shape[1] // groups, kernel, kernel), stride, dilation, groups)
    x = batch_norm3(t, name + ".normalization", x)
    return F.relu6(x) if active else x


def mobilenet_v1(t, x, multiplier, classes):
    """MobileNetV1ForImageClassification."""
    base, depth = "mobilenet_v1.", 32
    channels = max(int(depth * multiplier), 8)
    x = mobile(t, base + "conv_stem", x, channels, 3, 2)
    for i, stride in enumerate([1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]):
        before = channels
        if stride == 2 or i == 0:
            depth *= 2
            channels = max(int(depth * multiplier), 8)
        x = mobile(t, base + f"layer.{2 * i}", x, before, 3, stride, groups=before)
        x = mobile(t, base + f"layer.{2 * i + 1}", x, channels, 1)
    return linear(t, "classifier", x.mean((2, 3)), classes)


def divisible(value, divisor=8):
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def mobilenet_v2(t, x, multiplier, output_stride, classes):
    """MobileNetV2ForImageClassification: MobileNetV2Stem, MobileNetV2InvertedResidual."""
    base = "mobilenet_v2."
    channels = [divisible(int(round(c * multiplier)))
                for c in [16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]]
    strides = [2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]
    stem = divisible(int(round(32 * multiplier)))
    x = mobile(t, base + "conv_stem.first_conv", x, stem, 3, 2)
    x = mobile(t, base + "conv_stem.conv_3x3", x, stem, 3, groups=stem)
    x = mobile(t, base + "conv_stem.reduce_1x1", x, channels[0], 1, active=False)
    current, dilation = 2, 1
    for i, wanted in enumerate(strides):
        if current == output_stride:
            stride, apart = 1, dilation
            dilation *= wanted
        else:
            stride, apart = wanted, 1
            current *= stride
        inside = divisible(int(round(channels[i] * 6)))
        name = base + f"layer.{i}."
        y = mobile(t, name + "expand_1x1", x, inside, 1)
        y = mobile(t, name + "conv_3x3", y, inside, 3, stride, apart, inside)
        y = mobile(t, name + "reduce_1x1", y, channels[i + 1], 1, active=False)
        x = x + y if stride == 1 and channels[i] == channels[i + 1] else y
    x = mobile(t, base + "conv_1x1", x, 1280 if multiplier < 1 else divisible(int(round(1280 * multiplier))), 1)
    return linear(t, "classifier", x.mean((2, 3)), classes)


def efficientnet(t, x, wider, deeper, channels, kernels, strides, repeats, ratios, padding, classes):
    """EfficientNetForImageClassification: EfficientNetEmbeddings, EfficientNetBlock."""
    def silu(x):
        return x * x.sigmoid()

    def conv(name, x, n, kernel, stride=1, groups=1, padding=0):
        weight = t(name + ".weight", n, x.shape[1] // groups, kernel, kernel)
        return F.conv2d(x, weight, None, stride, padding, 1, groups)

    base = "efficientnet.embeddings."
    x = conv(base + "convolution", F.pad(x, (0, 1, 0, 1)), divisible(32 * wider), 3, 2)
    x = silu(batch_norm3(t, base + "batchnorm", x))
    number = 0
    for i, stride in enumerate(strides):
        out = divisible(channels[i] * wider)
        for j in range(math.ceil(deeper * repeats[i])):
            name, step, k, before = f"efficientnet.encoder.blocks.{number}.", stride if j == 0 else 1, kernels[i], x
            if ratios[i] != 1:
                y = conv(name + "expansion.expand_conv", x, x.shape[1] * ratios[i], 1)
                y = silu(batch_norm3(t, name + "expansion.expand_bn", y))
            else:
                y = x
            n, half = y.shape[1], k // 2
            if step == 2:
                less = 0 if number in padding else 1
                y = F.pad(y, (half - less, half, half - less, half))
            y = conv(name + "depthwise_conv.depthwise_conv", y, n, k, step, n, 0 if step == 2 else half)
            y = silu(batch_norm3(t, name + "depthwise_conv.depthwise_norm", y))
            squeezed = max(1, int(x.shape[1] * 0.25))
            s = y.mean((2, 3), keepdim=True)
            s = silu(F.conv2d(s, t(name + "squeeze_excite.reduce.weight", squeezed, n, 1, 1),
                              t(name + "squeeze_excite.reduce.bias", squeezed)))
            s = F.conv2d(s, t(name + "squeeze_excite.expand.weight", n, squeezed, 1, 1),
                         t(name + "squeeze_excite.expand.bias", n)).sigmoid()
            y = conv(name + "projection.project_conv", y * s, out, 1)
            y = batch_norm3(t, name + "projection.project_bn", y)
            x = y + before if step == 1 and j > 0 else y
            number += 1
    x = conv("efficientnet.encoder.top_conv", x, divisible(1280 * wider), 1)
    x = silu(batch_norm3(t, "efficientnet.encoder.top_bn", x))
    return linear(t, "classifier", x.mean((2, 3)), classes)


def case(network, side, **settings):
    t = Tensors()
    logits = network(t, noise("input", 1, 3, side, side), **settings)
    return {"side": side, "shapes": t.shapes, "logits": logits.flatten().tolist()}


out.write_text(json.dumps({
    "resnet-basic": case(resnet, 64, depths=[1, 2], widths=[8, 16], stem=8, bottleneck=False, classes=5),
    "resnet-bottleneck": case(resnet, 64, depths=[1, 2], widths=[32, 64], stem=8, bottleneck=True, classes=5),
    "vit": case(vit, 32, patch=8, width=16, layers=2, heads=2, hidden=24, classes=5),
    "deit": case(vit, 32, patch=8, width=16, layers=2, heads=2, hidden=24, classes=5, base="deit"),
    "convnext": case(convnext, 64, depths=[1, 2], widths=[8, 16], classes=5),
    "mobilenet_v1": case(mobilenet_v1, 64, multiplier=0.25, classes=5),
    "mobilenet_v2": case(mobilenet_v2, 64, multiplier=0.35, output_stride=32, classes=5),
    "mobilenet_v2-odd": case(mobilenet_v2, 75, multiplier=0.35, output_stride=16, classes=5),
    "efficientnet": case(efficientnet, 52, wider=0.5, deeper=1.5, channels=[16, 24, 40], kernels=[3, 5, 3],
                         strides=[1, 2, 2], repeats=[1, 1, 2], ratios=[1, 4, 6], padding=[4], classes=5),
}, separators=(",", ":")) + "\n")

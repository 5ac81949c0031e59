"""Writes what FcosTest, SsdTest and SegmentationModelsTest expect of models, by torchvision.

    apt-get install python3-torchvision                  # made with torchvision 0.14.1, torch 1.13.1
    /usr/bin/python3 vision/src/test/python/detection.py # writes vision/src/test/resources/detect

Tensors and inputs are filled by `noise`, as in models.py. `<name>.txt` lists a model's tensors, and `<name>.json` holds
of each output the first 8 numbers, the sum, and the sum of absolute values, in float64 and evaluation mode.
"""
import json
import pathlib

import torch
from torchvision.models.detection import FCOS
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.fcos import FCOSHead
from torchvision.models.detection.ssd import SSDHead
from torchvision.models.resnet import BasicBlock, ResNet
from torchvision.models.segmentation.deeplabv3 import DeepLabHead
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from models import fill, noise

out = pathlib.Path(__file__).resolve().parents[1] / "resources/detect"


def summary(t):
    t = t.detach().double()
    return {"shape": list(t.shape), "first": t.flatten()[:8].tolist(), "sum": t.sum().item(),
            "absolute": t.abs().sum().item()}


def write(name, model, outputs):
    lines = [f"{key} {tuple(value.shape)}".replace(",)", ")") for key, value in sorted(model.state_dict().items())]
    (out / f"{name}.txt").write_text("\n".join(lines) + "\n")
    (out / f"{name}.json").write_text(json.dumps({key: summary(value) for key, value in outputs.items()}, indent=1))
    print(name, {key: list(value.shape) for key, value in outputs.items()})


x = noise("input", 1, 3, 96, 64)

body = BackboneWithFPN(ResNet(BasicBlock, [1, 1, 1, 1]), {"layer2": "0", "layer3": "1", "layer4": "2"},
                       [128, 256, 512], 64, LastLevelP6P7(64, 64))
fcos = fill(FCOS(body, num_classes=3, head=FCOSHead(64, 1, 3, num_convs=2))).double().eval()
with torch.no_grad():
    raw = fcos.head(list(fcos.backbone(x).values()))
write("fcos", fcos, {"scores": raw["cls_logits"], "boxes": raw["bbox_regression"], "centerness": raw["bbox_ctrness"]})

head = fill(SSDHead([128, 256], [6, 6], 4)).double().eval()
maps = [noise("map0", 1, 128, 4, 3), noise("map1", 1, 256, 2, 2)]
with torch.no_grad():
    raw = head(maps)
write("ssd_head", head, {"scores": raw["cls_logits"], "boxes": raw["bbox_regression"]})

deeplab = fill(DeepLabHead(64, 5)).double().eval()
with torch.no_grad():
    write("deeplab_head", deeplab, {"logits": deeplab(noise("map", 1, 64, 12, 8))})

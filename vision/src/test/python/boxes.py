"""Prints what BoxesTest and NmsTest expect, by torchvision.

    apt-get install python3-torchvision                  # made with torchvision 0.14.1
    /usr/bin/python3 vision/src/test/python/boxes.py
"""
import torch
from torchvision.ops import batched_nms, box_iou, generalized_box_iou, generalized_box_iou_loss, nms

a = torch.tensor([[0.0, 0, 10, 10], [5, 5, 20, 15], [30, 30, 40, 45]])
b = torch.tensor([[0.0, 0, 10, 10], [8, 2, 18, 12], [31, 33, 37, 50], [60, 60, 61, 61]])
print("iou", box_iou(a, b).flatten().tolist())
print("giou", generalized_box_iou(a, b).flatten().tolist())

x = a.clone().requires_grad_(True)
generalized_box_iou_loss(x, b[:3], reduction="sum").backward()
print("gradient of the sum of 1 - giou", x.grad.flatten().tolist())

g = torch.Generator().manual_seed(3)
boxes = torch.rand(40, 4, generator=g) * 60
boxes[:, 2:] = boxes[:, :2] + 5 + boxes[:, 2:] / 2
boxes = (boxes * 4).round() / 4
scores = (torch.rand(40, generator=g) * 1000).round() / 1000
labels = torch.randint(0, 3, (40,), generator=g)
print("boxes", boxes.flatten().tolist())
print("scores", [round(s, 3) for s in scores.tolist()])
print("labels", labels.tolist())
print("nms 0.3", nms(boxes, scores, 0.3).tolist())
print("nms 0.6", nms(boxes, scores, 0.6).tolist())
print("batched nms 0.3", batched_nms(boxes, scores, labels, 0.3).tolist())

"""Writes cases for MeanAveragePrecisionTest with the numbers of pycocotools.

    pip install pycocotools                              # made with pycocotools 2.0.11, numpy 2.4.6
    python3 vision/src/test/python/coco_map.py           # writes vision/src/test/resources/detect/coco_map.json
"""
import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

out = pathlib.Path(__file__).resolve().parents[1] / "resources/detect/coco_map.json"


def things(rng, images, classes, most, crowds, side):
    """Boxes of things, as COCO's annotations; an area may be less than the box's, as that of an outline is."""
    annotations = []
    for image in range(images):
        for _ in range(rng.integers(0, most + 1)):
            w, h = np.round(np.exp(rng.uniform(np.log(6), np.log(side), 2)), 1)
            x, y = np.round(rng.uniform(0, 640 - w), 1), np.round(rng.uniform(0, 640 - h), 1)
            annotations.append({"id": len(annotations) + 1, "image_id": image + 1,
                                "category_id": int(rng.integers(1, classes + 1)),
                                "bbox": [float(x), float(y), float(w), float(h)],
                                "area": float(np.round(w * h * rng.uniform(0.4, 1), 2)),
                                "iscrowd": int(rng.random() < crowds)})
    return annotations


def found(rng, annotations, images, classes, noise, misses, mistakes, ties):
    """The things, moved a little, and some that are not there."""
    boxes = []

    def add(image, category, box):
        score = float(np.round(rng.random(), 1 if ties else 4))
        boxes.append({"image_id": image, "category_id": category, "bbox": [float(np.round(v, 2)) for v in box],
                      "score": score})

    for a in annotations:
        for _ in range(1 + (rng.random() < 0.3)):
            if rng.random() < misses:
                continue
            x, y, w, h = a["bbox"]
            x, y = x + rng.normal(0, noise * w), y + rng.normal(0, noise * h)
            w, h = w * np.exp(rng.normal(0, noise)), h * np.exp(rng.normal(0, noise))
            category = a["category_id"] if rng.random() < 0.9 else int(rng.integers(1, classes + 1))
            add(a["image_id"], category, (x, y, w, h))
    for _ in range(mistakes):
        w, h = np.exp(rng.uniform(np.log(6), np.log(300), 2))
        add(int(rng.integers(1, images + 1)), int(rng.integers(1, classes + 1)),
            (rng.uniform(0, 640 - w), rng.uniform(0, 640 - h), w, h))
    return boxes


def evaluated(images, classes, annotations, boxes):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i + 1, "width": 640, "height": 640} for i in range(images)],
                        "annotations": annotations, "categories": [{"id": c + 1} for c in range(classes)]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes([dict(b) for b in boxes]), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"]  # thresholds, recalls, classes, areas, most
    each = []
    for c in range(classes):
        p = precision[:, :, c, 0, 2]
        each.append(float(p[p > -1].mean()) if (p > -1).any() else -1.0)
    return [float(s) for s in evaluation.stats], each


cases = []


def case(name, seed, images, classes, most, crowds, side, noise, misses, mistakes, ties=False, only=None):
    rng = np.random.default_rng(seed)
    annotations = things(rng, images, classes, most, crowds, side)
    if only:
        annotations = [a for a in annotations if a["category_id"] in only]
    boxes = found(rng, annotations, images, classes, noise, misses, mistakes, ties)
    stats, each = evaluated(images, classes, annotations, boxes)
    cases.append({"name": name, "images": images, "classes": classes,
                  "things": [[a["image_id"] - 1, a["category_id"] - 1, *a["bbox"], a["area"], a["iscrowd"]]
                             for a in annotations],
                  "found": [[b["image_id"] - 1, b["category_id"] - 1, *b["bbox"], b["score"]] for b in boxes],
                  "stats": stats, "each": each})
    print(name, np.round(stats, 4))


case("usual", 1, 25, 4, 6, 0, 400, 0.06, 0.15, 40)
case("crowds", 2, 20, 3, 6, 0.3, 400, 0.08, 0.1, 60)
case("equal scores", 3, 15, 2, 6, 0.1, 400, 0.06, 0.1, 40, ties=True)
case("small things", 4, 20, 2, 6, 0.05, 40, 0.05, 0.1, 30)
case("more boxes than count", 5, 2, 1, 40, 0.05, 300, 0.1, 0, 400)
case("a class that is nowhere, and one that is not found", 6, 10, 3, 5, 0, 300, 0.05, 0.1, 30, only={1})
case("exact", 7, 10, 3, 5, 0, 400, 0, 0, 0)

out.write_text(json.dumps({"cases": cases}, separators=(",", ":")))

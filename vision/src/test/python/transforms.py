"""Writes the expected images of TransformsTest, by Pillow and torchvision.

    apt-get install python3-pil python3-torchvision       # made with Pillow 9.4.0, torchvision 0.14.1
    /usr/bin/python3 vision/src/test/python/transforms.py # writes vision/src/test/resources/goldens
"""
import pathlib

import numpy as np
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F
from PIL import Image

SNAKE = {"AutoContrast": "auto_contrast", "ShearX": "shear_x", "ShearY": "shear_y", "TranslateX": "translate_x",
         "TranslateY": "translate_y"}
out = pathlib.Path(__file__).resolve().parents[1] / "resources/goldens"
out.mkdir(parents=True, exist_ok=True)

# A smooth photo-like picture with noise and saturated corners, odd sizes on purpose.
rng = np.random.default_rng(0)
y, x = np.mgrid[0:37, 0:53]
waves = np.stack([np.sin(x / 7 + y / 11), np.cos(x / 5 - y / 9), np.sin(x * y / 200)], -1)
pixels = np.clip(128 + 110 * waves + rng.normal(0, 25, waves.shape), 0, 255).astype(np.uint8)
pixels[:4, :6] = 255
pixels[-4:, -6:] = 0
image = Image.fromarray(pixels)


def save(name, picture):
    picture.save(out / f"{name}.png", optimize=True)


def by_tensor(function, *arguments):
    """torchvision's exact float formula, where its Pillow one works on 8-bit HSV."""
    result = function(F.to_tensor(image).double(), *arguments)
    return Image.fromarray((result * 255).round().to(torch.uint8).permute(1, 2, 0).numpy())


save("input", image)
save("gray", image.convert("L"))
save("resize_down", image.resize((20, 11), Image.BILINEAR))       # width, height
save("resize_up", image.resize((90, 70), Image.BILINEAR))
save("resize_mixed", image.resize((20, 70), Image.BILINEAR))
save("bicubic_down", image.resize((20, 11), Image.BICUBIC))
save("bicubic_up", image.resize((90, 70), Image.BICUBIC))
save("nearest_down", image.resize((20, 11), Image.NEAREST))
save("nearest_up", image.resize((90, 70), Image.NEAREST))
save("resize_shorter", F.resize(image, 16))
save("center_crop", F.center_crop(image, [20, 30]))
save("rotate_17", image.rotate(17, Image.BILINEAR))
save("rotate_-100", image.rotate(-100, Image.BILINEAR))
save("rotate_90", Image.fromarray(np.rot90(pixels[:, :37])))
for factor in (0.4, 1.7):
    save(f"brightness_{factor}", F.adjust_brightness(image, factor))
    save(f"contrast_{factor}", F.adjust_contrast(image, factor))
    save(f"saturation_{factor}", F.adjust_saturation(image, factor))
for turn in (-0.3, 0.1, 0.5):
    save(f"hue_{turn}", by_tensor(F.adjust_hue, turn))


# What augmentation policies are made of. The dull picture uses a part of the levels, so that stretching them shows.
dull = Image.fromarray((pixels * 0.5 + 40).astype(np.uint8))
save("dull", dull)
save("autocontrast", F.autocontrast(dull))
save("equalize", F.equalize(dull))
save("posterize_3", F.posterize(image, 3))
save("solarize_100", F.solarize(image, 100))
save("invert", F.invert(image))
for factor in (0.2, 1.8):
    save(f"sharpness_{factor}", F.adjust_sharpness(image, factor))
for name in ("IMAGENET", "CIFAR10", "SVHN"):
    policy = T.AutoAugment(T.AutoAugmentPolicy[name])
    lines = [", ".join(f"{SNAKE.get(op, op.lower())} {p} {m or 0}" for op, p, m in pair) for pair in policy.policies]
    (out / f"autoaugment_{name.lower()}.txt").write_text("\n".join(lines) + "\n")

mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
normalized = F.normalize(F.to_tensor(image), mean, std)
print("Normalize.IMAGENET, means of the three channels:", normalized.double().mean((1, 2)).tolist())
print("Normalize.IMAGENET, row 10, column 20:", normalized[:, 10, 20].tolist())

"""Pictures beside torchvision: from JPEG files to batches for ImageNet, in turns with Merapi.

bench/images <folder of photos> [rounds]      # Debian's python3-torchvision and python3-pil

The photos become 640 x 480 JPEG files of quality 90. A pass decodes them, cuts out a random part (train) or the middle
(test), and makes batches of 32 pictures of 224 x 224, with two workers. Ratios are taken within a round; above 1,
Merapi is the faster.
"""
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torchvision
import torchvision.transforms as T
from PIL import Image, __version__ as pillow

WORKERS, COUNT = 2, 320
photos, rounds, java = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(1)


def pictures(folder):
    """Different parts of the photos, one class."""
    files = sorted(p for p in pathlib.Path(photos).rglob("*") if p.suffix in (".jpg", ".jpeg", ".png"))
    images = [image for image in (Image.open(p).convert("RGB") for p in files) if min(image.size) >= 240]
    for part in ("train", "test"):
        (folder / part / "a").mkdir(parents=True)
    for i in range(COUNT):
        torch.manual_seed(i)
        cut = T.RandomResizedCrop((480, 640), scale=(0.5, 1), ratio=(1.2, 1.5))(images[i % len(images)])
        for part in ("train", "test"):
            cut.save(folder / part / "a" / f"{i:04}.jpg", quality=90)


def spent():
    return sum(getattr(resource.getrusage(who), key) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
               for key in ("ru_utime", "ru_stime"))


def torchvisions(folder, part):
    normal = [T.ToTensor(), T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))]
    change = [T.RandomResizedCrop(224), T.RandomHorizontalFlip()] if part == "train" else [
        T.Resize(256), T.CenterCrop(224)]
    data = torchvision.datasets.ImageFolder(folder / part, T.Compose(change + normal))
    begun, before = time.perf_counter(), spent()
    count = sum(len(x) for x, _ in torch.utils.data.DataLoader(data, 32, shuffle=part == "train", num_workers=WORKERS))
    return [1e3 * (time.perf_counter() - begun) / count, 1e3 * (spent() - before) / count]


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    pictures(folder)
    with subprocess.Popen([*java, name, str(WORKERS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as jvm:
        def merapis(part):
            jvm.stdin.write(part + "\n")
            jvm.stdin.flush()
            return [float(number) for number in jvm.stdout.readline().split()]

        print(f"torchvision {torchvision.__version__}, Pillow {pillow}; {COUNT} pictures a pass, {rounds} rounds")
        for part in ("train", "test"):
            for _ in range(10):  # Java's compilers
                merapis(part)
            turns = [(merapis(part), torchvisions(folder, part)) for _ in range(rounds)]
            for i, what in enumerate(("clock", "processors")):
                ours, others = [a[i] for a, _ in turns], [b[i] for _, b in turns]
                ratios = [b / a for a, b in zip(ours, others)]
                print(f"{part}, ms for each picture by the {what}: {statistics.median(ours):.2f}, torchvision"
                      f" {statistics.median(others):.2f}; {statistics.median(ratios):.2f} times"
                      f" ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
        jvm.stdin.close()

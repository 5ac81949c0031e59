"""Writes what VideoResNetTest expects, as models.py does, by torchvision's networks for videos.

    apt-get install python3-torchvision       # made with torchvision 0.14.1, torch 1.13.1
    /usr/bin/python3 vision/src/test/python/videos.py            # writes vision/src/test/resources/models

`<name>.txt` lists a model's tensors. `<name>.json` holds, in float64, for one clip in evaluation mode the first 8 logits
and the sums of absolute gradients, and for two clips in training mode the logits and the sums of running statistics.
"""
import json

import torch
from torchvision.models import video

from models import digits, fill, noise, out

CLIP = (3, 4, 32, 32)

for name in ("r3d_18", "mc3_18", "r2plus1d_18"):
    model = getattr(video, name)(num_classes=5)
    (out / f"{name}.txt").write_text("".join(sorted(
        f"{key} ({', '.join(map(str, value.shape))})\n" for key, value in model.state_dict().items())))
    model = fill(model.double()).eval()
    x = noise("input", 1, *CLIP).requires_grad_()
    logits = model(x)
    (logits * noise("loss", *logits.shape)).sum().backward()
    params = dict(model.named_parameters())
    chosen = sorted(params)[::len(params) // 10]
    golden = {"logits": digits(logits),
              "gradients": {"input": float(x.grad.abs().sum()),
                            **{key: float(params[key].grad.abs().sum()) for key in chosen}}}
    model.zero_grad(set_to_none=True)
    model.train()
    with torch.no_grad():
        answer = model(noise("input", 2, *CLIP))
    state = model.state_dict()
    golden["training"] = {
        "logits": digits(answer),
        "means": float(sum(v.abs().sum() for k, v in state.items() if k.endswith("running_mean"))),
        "variances": float(sum(v.sum() for k, v in state.items() if k.endswith("running_var"))),
    }
    (out / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")
    print(name, sum(p.numel() for p in params.values()), flush=True)

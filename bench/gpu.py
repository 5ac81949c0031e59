"""The steps of bench/gpu in PyTorch: a line "name milliseconds" for each of the arguments name=batch.

python3 gpu.py cuda:0 cifar-cnn=1024 gpt2-decode=1
"""
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    print("no PyTorch here: Merapi stands alone (python3 has no module torch)")
    sys.exit()

device = torch.device(sys.argv[1])


def training(model, inputs, labels, loss_of, optimizer, precision=torch.float32):
    def step():
        with torch.autocast(device.type, precision, enabled=precision != torch.float32):
            loss = loss_of(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def cifar_cnn(batch):
    model = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
                          nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2304, 64), nn.ReLU(), nn.Linear(64, 10))
    model = model.to(device, memory_format=torch.channels_last)
    images = torch.randn(batch, 3, 32, 32, device=device).to(memory_format=torch.channels_last)
    return training(model, images, torch.randint(10, (batch,), device=device), nn.CrossEntropyLoss(),
                    torch.optim.Adam(model.parameters(), fused=True))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(8192, 256)
        self.positions = nn.Parameter(torch.randn(128, 256))
        layer = nn.TransformerEncoderLayer(256, 4, 1024, 0.0, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4)
        self.out = nn.Linear(256, 10)

    def forward(self, tokens):
        return self.out(self.encoder(self.words(tokens) + self.positions).mean(1))


def transformer(batch):
    model = Transformer().to(device)
    tokens = torch.randint(8192, (batch, 128), device=device)
    return training(model, tokens, torch.randint(10, (batch,), device=device), nn.CrossEntropyLoss(),
                    torch.optim.Adam(model.parameters(), fused=True))


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel
    return GPT2LMHeadModel(GPT2Config(resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)).to(device)


def gpt2_training(batch, precision):
    model = gpt2()
    ids = torch.randint(50257, (batch, 256), device=device)
    return training(lambda x: model(x).logits.flatten(0, 1), ids, ids.flatten(), nn.CrossEntropyLoss(),
                    torch.optim.AdamW(model.parameters(), 1e-5, fused=True), precision)


def gpt2_decoding():
    """A token a step, and a new text after 128 of them."""
    model = gpt2().eval()
    seen = {"tokens": 128, "cache": None}

    @torch.inference_mode()
    def step():
        if seen["tokens"] == 128:
            seen.update(tokens=0, cache=None)
        seen["tokens"] += 1
        out = model(torch.tensor([[seen["tokens"]]], device=device), past_key_values=seen["cache"], use_cache=True)
        seen["cache"] = out.past_key_values
        return out.logits[0, -1, 0].item()
    return step


WORKS = {"cifar-cnn": cifar_cnn, "transformer": transformer,
         "gpt2-train": lambda batch: gpt2_training(batch, torch.float32),
         "gpt2-train-bf16": lambda batch: gpt2_training(batch, torch.bfloat16),
         "gpt2-decode": lambda _: gpt2_decoding()}


def seconds(step, count):
    begin = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - begin


print("PyTorch", torch.__version__, flush=True)
for argument in sys.argv[2:]:
    name, batch = argument.split("=")
    try:
        step = WORKS[name](int(batch))
    except ImportError as e:
        print(f"{name}: {e}", flush=True)
        continue
    steps, begin = 0, time.perf_counter()
    while steps == 0 or time.perf_counter() - begin < 3:
        step()
        steps += 1
    each = max(1, steps // 3)
    print(name, round(statistics.median(seconds(step, each) for _ in range(5)) * 1000 / each, 3), flush=True)

"""What StaticInt8Test expects, by PyTorch 1.13 and NumPy: python3 static_int8.py"""
import numpy as np
import torch
from torch.ao.quantization.observer import MinMaxObserver, MovingAverageMinMaxObserver


def grid(shape, a, b, c, d):
    """Even numbers in a row, remainders of a product."""
    return ((torch.arange(int(np.prod(shape))) * a) % b - c).float().div(d).reshape(shape)


def show(name, t):
    print(name, [round(float(v), 6) for v in torch.as_tensor(t).flatten()])


# A convolution that rounds: values and gradients; of x what lies beyond the range has none.
x = grid((1, 2, 3, 3), 7, 23, 11, 8).requires_grad_()
w = grid((2, 2, 2, 2), 5, 17, 8, 10).requires_grad_()
b = torch.tensor([0.1, -0.2], requires_grad=True)
scale, zero = 2.25 / 255, 113  # from -1 to 1.25
scales = w.detach().abs().flatten(1).amax(1) / 127
xq = torch.fake_quantize_per_tensor_affine(x, scale, zero, 0, 255)
wq = torch.fake_quantize_per_channel_affine(w, scales, torch.zeros(2, dtype=torch.int32), 0, -127, 127)
y = torch.nn.functional.conv2d(xq, wq, b)
(y * grid(y.shape, 3, 5, 2, 2)).sum().backward()
show('y', y)
show('x.grad', x.grad)
show('w.grad', w.grad)
show('b.grad', b.grad)

# Ranges of two batches.
for batches in ([grid((40,), 7, 23, 5, 4), grid((40,), 11, 29, 20, 3)],):
    for observer in (MinMaxObserver(quant_min=0, quant_max=255), MovingAverageMinMaxObserver(quant_min=0, quant_max=255)):
        for batch in batches:
            observer(batch)
        s, z = observer.calculate_qparams()
        print(type(observer).__name__, float(observer.min_val), float(observer.max_val), float(s), int(z))


# The range by entropy, of an uneven histogram of 4096 bins from -8 to 8.
def kl(hist, low, high):
    p = hist[low:high].astype(np.float64)
    kept = p.copy()
    p[0] += hist[:low].sum()
    p[-1] += hist[high:].sum()
    n = len(p)
    levels = min(n, 256)
    q = np.zeros(n)
    for chunk in np.split(np.arange(n), [i * n // levels for i in range(1, levels)]):
        used = p[chunk] > 0
        if used.any():
            q[chunk] = np.where(used, kept[chunk].sum() / used.sum(), 0)
    p, q = p / p.sum(), q / q.sum()
    at = p > 0
    return float(np.sum(p[at] * np.log(p[at] / np.maximum(q[at], 1e-12))))


k = np.arange(20000)
values = np.concatenate([((k * 7919) % 20011 / 20011.0 - 0.5) * 2, np.sin(k[:2000]) ** 3 * 1.9, [2.0, 8.0, -6.5]]).astype(np.float32)
hist, edges = np.histogram(values, bins=4096, range=(-8, 8))
hist[2048] -= int((values == 0).sum())
used = np.nonzero(hist)[0]
first, last = used[0], used[-1] + 1
best = min(range(2048, 127, -16), key=lambda h: kl(hist, max(first, 2048 - h), min(last, 2048 + h)))
print('entropy', edges[max(first, 2048 - best)], edges[min(last, 2048 + best)])
print('percentile', np.percentile(values, 0.005), np.percentile(values, 99.995))

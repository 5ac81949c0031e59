"""The losses of agents written out in NumPy; LossTest has these numbers.

    python3 losses.py
"""
import numpy as np
from numpy import exp, log, pi, tanh

moved = np.array([0.3, -0.4, 0.1, -0.05])
advantages = np.array([1.0, -2.0, 0.5, 3.0])
a = (advantages - advantages.mean()) / (advantages.std(ddof=1) + 1e-8)
ratio = exp(moved)
print("ppo policy", -np.minimum(ratio * a, np.clip(ratio, 0.8, 1.2) * a).mean())

values, old, returns = np.array([1.0, 2.0, -1.0]), np.array([0.5, 2.1, 0.0]), np.array([2.0, 1.5, -0.5])
print("ppo value", np.mean((values - returns) ** 2))
near = old + np.clip(values - old, -0.2, 0.2)
print("ppo value clipped", np.mean(np.maximum((values - returns) ** 2, (near - returns) ** 2)))

# advantages: two environments, three steps; the first ends at step 1, the second is cut off at step 0
gamma, lam = 0.9, 0.8
r = np.array([[1.0, 0.5], [2.0, -1.0], [0.0, 1.0]])
v = np.array([[0.2, 0.4], [0.1, 0.3], [0.5, -0.2]])
last = np.array([0.6, 0.7])
terminated = {(1, 0)}
cut = {(0, 1): 0.9}  # and what its last observation is worth
adv = np.zeros((3, 2))
for i in range(2):
    running = 0.0
    for t in (2, 1, 0):
        ends = (t, i) in terminated or (t, i) in cut
        following = 0.0 if (t, i) in terminated else cut.get((t, i), last[i] if t == 2 else v[t + 1, i] if t < 2 else 0)
        delta = r[t, i] + gamma * following - v[t, i]
        running = delta + (0 if ends else gamma * lam * running)
        adv[t, i] = running
print("gae", adv.ravel().tolist())

# a distribution of returns on atoms 0, 1, 2, 3, 4, moved to r + 0.5 z
z = np.arange(5.0)
p = np.array([[0.1, 0.2, 0.3, 0.3, 0.1], [0.5, 0.0, 0.0, 0.25, 0.25]])
moved_atoms = np.array([[0.7], [3.0]]) + 0.5 * z
m = np.zeros((2, 5))
for b in range(2):
    for j in range(5):
        at = np.clip(moved_atoms[b, j], 0, 4)
        lo = int(np.floor(at))
        m[b, lo] += p[b, j] * (1 - (at - lo))
        m[b, min(lo + 1, 4)] += p[b, j] * (at - lo)
print("c51", m.tolist())

noise, logd, mean = np.array([[0.5, -1.0]]), np.array([[-0.5, 0.2]]), np.array([[0.3, -0.1]])
u = mean + exp(logd) * noise
normal = -0.5 * noise**2 - logd - 0.5 * log(2 * pi)
print("squashed", (normal - log(1 - tanh(u) ** 2)).sum())
print("to go", [1 + 0.5 * (2 + 0.5 * 4), 2 + 0.5 * 4, 4.0])

logits = np.array([[1.0, 2.0, 0.5, 0.0, 1.0]])  # choices of 3 and 2; the second of the first is forbidden
p1 = exp(logits[0, [0, 2]])
p1 /= p1.sum()
p2 = exp(logits[0, 3:])
p2 /= p2.sum()
print("masked log", log(p1[1]) + log(p2[0]), "entropy", -(p1 * log(p1)).sum() - (p2 * log(p2)).sum())
action = np.array([0.7, -0.2])
d = np.array([0.1, 0.3])  # log deviations
off = (action - np.array([0.5, 0.0])) / exp(d)
print("gaussian log", (-0.5 * off**2 - d - 0.5 * log(2 * pi)).sum(), "entropy", (d + 0.5 + 0.5 * log(2 * pi)).sum())

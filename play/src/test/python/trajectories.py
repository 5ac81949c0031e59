"""Classic control's dynamics written out in NumPy, after Gymnasium's sources (1.x, MIT licence), and trajectories of them.

Writes a line for each step: environment, its number in the episode, the state before, the action, the state after, the
observation after, the reward, whether it terminated. States are given with all digits.

    python3 trajectories.py > ../resources/dev/merapi/play/env/trajectories.csv
"""
import numpy as np
from numpy import cos, pi, sin

rng = np.random.default_rng(26)


def cart_pole(s, action):
    x, x_dot, theta, theta_dot = s
    force = 10.0 if action == 1 else -10.0
    temp = (force + 0.05 * np.square(theta_dot) * sin(theta)) / 1.1
    theta_acc = (9.8 * sin(theta) - cos(theta) * temp) / (0.5 * (4.0 / 3.0 - 0.1 * np.square(cos(theta)) / 1.1))
    x_acc = temp - 0.05 * theta_acc * cos(theta) / 1.1
    s = np.array([x + 0.02 * x_dot, x_dot + 0.02 * x_acc, theta + 0.02 * theta_dot, theta_dot + 0.02 * theta_acc])
    limit = 12 * 2 * pi / 360
    return s, s.astype(np.float32), 1.0, bool(abs(s[0]) > 2.4 or abs(s[2]) > limit)


def mountain_car(s, action):
    position, velocity = s
    velocity += (action - 1) * 0.001 + cos(3 * position) * -0.0025
    velocity = np.clip(velocity, -0.07, 0.07)
    position = np.clip(position + velocity, -1.2, 0.6)
    if position == -1.2 and velocity < 0:
        velocity = 0.0
    s = np.array([position, velocity])
    return s, s.astype(np.float32), -1.0, bool(position >= 0.5 and velocity >= 0)


def mountain_car_continuous(s, action):
    position, velocity = s
    velocity += min(max(action, -1.0), 1.0) * 0.0015 - 0.0025 * cos(3 * position)
    velocity = np.clip(velocity, -0.07, 0.07)
    position = np.clip(position + velocity, -1.2, 0.6)
    if position == -1.2 and velocity < 0:
        velocity = 0.0
    done = bool(position >= 0.45 and velocity >= 0)
    s = np.array([position, velocity], dtype=np.float32)
    return s.astype(np.float64), s, (100.0 if done else 0.0) - action**2 * 0.1, done


def acrobot(s, action):
    m = l1 = i1 = i2 = 1.0
    lc = 0.5
    g = 9.8

    def dsdt(y):
        a = y[4]
        t1, t2, d1t, d2t = y[:4]
        d1 = m * lc**2 + m * (l1**2 + lc**2 + 2 * l1 * lc * cos(t2)) + i1 + i2
        d2 = m * (lc**2 + l1 * lc * cos(t2)) + i2
        phi2 = m * lc * g * cos(t1 + t2 - pi / 2.0)
        phi1 = (-m * l1 * lc * d2t**2 * sin(t2) - 2 * m * l1 * lc * d2t * d1t * sin(t2)
                + (m * lc + m * l1) * g * cos(t1 - pi / 2) + phi2)
        dd2 = (a + d2 / d1 * phi1 - m * l1 * lc * d1t**2 * sin(t2) - phi2) / (m * lc**2 + i2 - d2**2 / d1)
        dd1 = -(d2 * dd2 + phi1) / d1
        return np.array([d1t, d2t, dd1, dd2, 0.0])

    y0 = np.append(s, action - 1.0)
    dt = 0.2
    k1 = dsdt(y0)
    k2 = dsdt(y0 + dt / 2 * k1)
    k3 = dsdt(y0 + dt / 2 * k2)
    k4 = dsdt(y0 + dt * k3)
    ns = (y0 + dt / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4))[:4]
    for i in (0, 1):
        while ns[i] > pi:
            ns[i] -= 2 * pi
        while ns[i] < -pi:
            ns[i] += 2 * pi
    ns[2] = min(max(ns[2], -4 * pi), 4 * pi)
    ns[3] = min(max(ns[3], -9 * pi), 9 * pi)
    done = bool(-cos(ns[0]) - cos(ns[1] + ns[0]) > 1.0)
    seen = np.array([cos(ns[0]), sin(ns[0]), cos(ns[1]), sin(ns[1]), ns[2], ns[3]], dtype=np.float32)
    return ns, seen, 0.0 if done else -1.0, done


def pendulum(s, action):
    th, thdot = s
    u = np.clip(action, -2.0, 2.0)
    angle = ((th + pi) % (2 * pi)) - pi
    cost = angle**2 + 0.1 * thdot**2 + 0.001 * u**2
    faster = np.clip(thdot + (3 * 10.0 / 2 * sin(th) + 3.0 * u) * 0.05, -8.0, 8.0)
    s = np.array([th + faster * 0.05, faster])
    return s, np.array([cos(s[0]), sin(s[0]), s[1]], dtype=np.float32), -cost, False


def numbers(values):
    return " ".join(repr(float(v)) for v in values)


def episode(name, step, state, policy, limit):
    state = np.asarray(state, dtype=np.float64)
    for t in range(limit):
        action = policy(t, state)
        after, seen, reward, done = step(state, action)
        print(",".join([name, str(t), numbers(state), repr(float(action)), numbers(after), numbers(seen),
                        repr(float(reward)), str(done).lower()]))
        state = after
        if done:
            return


print("env,t,state,action,next,observation,reward,terminated")
episode("CartPole", cart_pole, rng.uniform(-0.05, 0.05, 4), lambda t, s: int(s[2] + s[3] > 0), 100)
episode("CartPole", cart_pole, rng.uniform(-0.05, 0.05, 4), lambda t, s: 1, 100)
episode("MountainCar", mountain_car, [rng.uniform(-0.6, -0.4), 0], lambda t, s: 2 if s[1] >= 0 else 0, 200)
episode("MountainCar", mountain_car, [-1.1, -0.05], lambda t, s: 0, 20)
episode("MountainCarContinuous", mountain_car_continuous, [np.float32(rng.uniform(-0.6, -0.4)), 0],
        lambda t, s: float(np.float32((1.0 if s[1] >= 0 else -1.0) * (0.6 + 0.5 * abs(sin(t))))), 200)
episode("Acrobot", acrobot, rng.uniform(-0.1, 0.1, 4), lambda t, s: 2 if s[3] >= 0 else 0, 100)
episode("Acrobot", acrobot, rng.uniform(-0.1, 0.1, 4), lambda t, s: int(rng.integers(3)), 50)
episode("Pendulum", pendulum, [rng.uniform(-pi, pi), rng.uniform(-1, 1)],
        lambda t, s: float(np.float32(2.5 * sin(0.3 * t))), 100)

"""Writes the numbers that the tests of features and of resampling expect, by NumPy alone, and small sound files by sox.

    /usr/bin/python3 src/test/python/feature_goldens.py        # in the folder of the module
"""
import audioop
import json
import subprocess
import tempfile
import wave

import numpy as np

RATE = 16000


def signal(length, rate=RATE):
    """A rising tone, a fading one and noise of a linear congruential generator; TestSignal.java makes the same."""
    t = np.arange(length) / rate
    state, noise = 1, np.empty(length)
    for i in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        noise[i] = state / 2**31 - 0.5
    x = 0.5 * np.sin(2 * np.pi * (200 * t + 1500 * t * t)) + 0.2 * np.sin(2 * np.pi * 3000 * t) * np.exp(-5 * t)
    return (x + 0.02 * noise).astype(np.float32)


def sox(length, rate, into, *options):
    with tempfile.NamedTemporaryFile(suffix=".wav") as temporary:
        with wave.open(temporary.name, "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
            file.writeframes(np.round(signal(length, rate) * 32767).astype("<i2").tobytes())
        subprocess.run(["sox", "-D", temporary.name, *options, into], check=True)


def stft(x, fft, window, hop):
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    left = (fft - window) // 2
    hann = np.pad(hann, (left, fft - window - left))
    padded = np.pad(x.astype(np.float64), fft // 2, mode="reflect")
    frames = 1 + (len(padded) - fft) // hop
    return np.stack([np.fft.rfft(padded[i * hop:i * hop + fft] * hann) for i in range(frames)], 1)


def slaney(hz):
    hz = np.asarray(hz, float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1000) / 1000) / (np.log(6.4) / 27))


def slaney_inverse(mel):
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))


def mel_filters(rate, fft, mels, low, high, scale, norm):
    frequencies = np.linspace(0, rate / 2, fft // 2 + 1)
    if scale == "slaney":
        edges = slaney_inverse(np.linspace(slaney(low), slaney(high), mels + 2))
    else:
        to = lambda f: 2595 * np.log10(1 + f / 700)
        edges = 700 * (10 ** (np.linspace(to(low), to(high), mels + 2) / 2595) - 1)
    ramps = edges[:, None] - frequencies[None, :]
    lower = -ramps[:-2] / np.diff(edges)[:-1, None]
    upper = ramps[2:] / np.diff(edges)[1:, None]
    weights = np.maximum(0, np.minimum(lower, upper))
    return weights * (2 / (edges[2:] - edges[:-2]))[:, None] if norm else weights


def whisper(x):
    power = np.abs(stft(x, 400, 400, 160)[:, :-1]) ** 2
    log = np.log10(np.maximum(mel_filters(RATE, 400, 80, 0, 8000, "slaney", True) @ power, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


def decibels(energy):
    log = 10 * np.log10(np.maximum(1e-10, energy))
    return np.maximum(log, log.max() - 80)


def mfcc(x, count):
    power = np.abs(stft(x, 512, 400, 160)) ** 2
    log = decibels(mel_filters(RATE, 512, 40, 0, 8000, "htk", False) @ power)
    n = len(log)
    basis = np.cos(np.pi * np.arange(n)[:, None] * (np.arange(n) + 0.5) / n) * np.sqrt(2 / n)
    basis[0] /= np.sqrt(2)
    return (basis @ log)[:count]


def deltas(x, reach=2):
    padded = np.pad(x, ((0, 0), (reach, reach)), mode="edge")
    t = x.shape[1]
    total = sum(n * (padded[:, reach + n:reach + n + t] - padded[:, reach - n:reach - n + t])
                for n in range(1, reach + 1))
    return total / (2 * sum(n * n for n in range(1, reach + 1)))


def resample(x, source, target):
    """torchaudio.functional.resample with its defaults, as a convolution for each phase."""
    common = np.gcd(source, target)
    source, target = source // common, target // common
    base = min(source, target) * 0.99
    width = int(np.ceil(6 * source / base))
    index = np.arange(-width, width + source)[None, :] / source
    t = np.clip((-np.arange(target)[:, None] / target + index) * base, -6, 6)
    window = np.cos(t * np.pi / 6 / 2) ** 2
    t = t * np.pi
    kernel = np.where(t == 0, 1.0, np.sin(t) / np.where(t == 0, 1, t)) * window * base / source
    padded = np.pad(x.astype(np.float64), (width, width + source))
    frames = [kernel @ padded[i:i + kernel.shape[1]] for i in range(0, len(padded) - kernel.shape[1] + 1, source)]
    return np.concatenate(frames)[:int(np.ceil(target * len(x) / source))]


def vocode(spectra, speed, hop, fft):
    """librosa.phase_vocoder."""
    advance = hop * np.linspace(0, np.pi, fft // 2 + 1)
    phase = np.angle(spectra[:, 0])
    padded = np.pad(spectra, ((0, 0), (0, 2)))
    out = []
    for step in np.arange(0, spectra.shape[1], speed):
        a, b = padded[:, int(step)], padded[:, int(step) + 1]
        part = step % 1
        out.append(((1 - part) * np.abs(a) + part * np.abs(b)) * np.exp(1j * phase))
        turned = np.angle(b) - np.angle(a) - advance
        phase = phase + advance + turned - 2 * np.pi * np.round(turned / (2 * np.pi))
    return np.stack(out, 1)


def rounded(x):
    return [float("%.7g" % v) for v in np.asarray(x).ravel()]


def main():
    x = signal(2400)
    spectra = stft(x, 512, 400, 160)
    power = np.abs(spectra) ** 2
    natural = np.log(np.maximum(mel_filters(RATE, 512, 20, 50, 7000, "htk", False) @ power, 1e-10))
    cepstra = mfcc(x, 13)
    slow = vocode(stft(x, 1024, 1024, 256), 0.8, 256, 1024)
    goldens = {
        "spectra_real": rounded(spectra.real[:, :4]),
        "spectra_imag": rounded(spectra.imag[:, :4]),
        "whisper": rounded(whisper(x)),
        "slaney_filters_rows_0_40_79": rounded(mel_filters(RATE, 400, 80, 0, 8000, "slaney", True)[[0, 40, 79]]),
        "htk_natural": rounded(natural),
        "mfcc": rounded(cepstra),
        "deltas": rounded(deltas(cepstra)),
        "vocoded_abs": rounded(np.abs(slow)[::16]),
        "vocoded_real": rounded(slow.real[::16]),
        "resample_16000_8000": rounded(resample(x[:500], 16000, 8000)),
        "resample_8000_16000": rounded(resample(x[:300], 8000, 16000)),
        "resample_44100_16000": rounded(resample(x[:1000], 44100, 16000)),
        "a_law": list(memoryview(audioop.alaw2lin(bytes(range(256)), 2)).cast("h")),
        "mu_law": list(memoryview(audioop.ulaw2lin(bytes(range(256)), 2)).cast("h")),
    }
    with open("src/test/resources/dev/merapi/speech/feature/goldens.json", "w") as file:
        json.dump(goldens, file, separators=(",", ":"))
    folder = "src/test/resources/dev/merapi/speech/audio/"
    for kind in ("flac", "ogg", "mp3"):
        sox(2000, 8000, folder + "tone." + kind)
    sox(4000, 16000, folder + "stereo_16k.ogg", "-c", "2")


main()

package dev.merapi.speech.feature;

import dev.merapi.tensor.Tensor;

/** What becomes of the energy of a mel band. Energies below 1e-10 count as that. */
public enum MelLog {
    /** It stays energy. */
    NONE,
    /** Its natural logarithm. */
    NATURAL,
    /** 10 log10, nothing more than 80 below the loudest of the clip; as librosa's {@code power_to_db}. */
    DECIBELS,
    /** log10, nothing more than 8 below the loudest of the clip, then (x + 4) / 4: Whisper's. */
    WHISPER;

    private static final double LEAST = 1e-10;

    /** Whether a frame depends on itself alone, so that sound can be taken in blocks. */
    public boolean isLocal() { return this == NONE || this == NATURAL; }

    /** @param energies (…, mels, frames) */
    Tensor of(Tensor energies) {
        return switch (this) {
            case NONE -> energies;
            case NATURAL -> energies.clamp(LEAST, null).log();
            case DECIBELS -> atMostBelow(energies.clamp(LEAST, null).log().mul(10 / Math.log(10)), 80);
            case WHISPER -> atMostBelow(log10(energies.clamp(LEAST, null)), 8).add(4).div(4);
        };
    }

    private static Tensor log10(Tensor x) { return Tensor.call("log10", "", x); }

    private static Tensor atMostBelow(Tensor logs, double range) {
        return Tensor.call("maximum", "", logs, logs.amax(new long[] {-2, -1}, true).sub(range));
    }
}

package dev.merapi.speech.feature;

/** Scales of pitch as people hear it. */
public enum MelScale {
    /** Linear below 1000 Hz, logarithmic above: Slaney's Auditory Toolbox (1998), librosa's and Whisper's. */
    SLANEY {
        @Override double toMel(double hertz) {
            return hertz < BREAK ? hertz / WIDTH : BREAK / WIDTH + Math.log(hertz / BREAK) / STEP;
        }

        @Override double toHertz(double mel) {
            return mel < BREAK / WIDTH ? mel * WIDTH : BREAK * Math.exp(STEP * (mel - BREAK / WIDTH));
        }
    },
    /** 2595 log10(1 + f / 700), as in HTK and Kaldi. */
    HTK {
        @Override double toMel(double hertz) { return 2595 * Math.log10(1 + hertz / 700); }

        @Override double toHertz(double mel) { return 700 * (Math.pow(10, mel / 2595) - 1); }
    };

    private static final double BREAK = 1000;
    private static final double WIDTH = 200.0 / 3; // Hz of a mel below the break
    private static final double STEP = Math.log(6.4) / 27; // of a mel above it

    abstract double toMel(double hertz);

    abstract double toHertz(double mel);
}

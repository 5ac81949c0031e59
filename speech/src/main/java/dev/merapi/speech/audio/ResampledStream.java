package dev.merapi.speech.audio;

import java.util.Arrays;

/** Another stream at another rate. */
final class ResampledStream implements AudioStream {
    private static final int BLOCK = 1 << 14; // samples that are read at once

    private final AudioStream source;
    private final Resampler resampler;
    private final int rate;
    private float[][] held; // inputs that are still needed
    private long start; // number of the first of them
    private long written; // outputs so far
    private boolean ended;

    ResampledStream(AudioStream source, int rate) {
        this.source = source;
        this.rate = rate;
        resampler = new Resampler(source.rate(), rate);
        held = new float[source.channels()][0];
    }

    @Override public int rate() { return rate; }

    @Override public int channels() { return source.channels(); }

    @Override public Audio read(int length) {
        while (!ended && start + held[0].length <= resampler.lastInput(written + length - 1)) fill();
        long all = ended ? resampler.length(start + held[0].length) : Long.MAX_VALUE;
        var out = new float[channels()][(int) Math.max(0, Math.min(length, all - written))];
        for (int c = 0; c < out.length; c++) {
            for (int i = 0; i < out[c].length; i++) out[c][i] = resampler.at(written + i, held[c], start);
        }
        written += out[0].length;
        return Audio.of(out, rate);
    }

    /** Takes in a block, and lets go of what no output needs any more. */
    private void fill() {
        var block = source.read(BLOCK);
        ended = block.length() == 0;
        int gone = (int) Math.max(0, Math.min(held[0].length, resampler.firstInput(written) - start));
        for (int c = 0; c < held.length; c++) {
            float[] old = held[c];
            held[c] = Arrays.copyOfRange(old, gone, old.length + block.length());
            System.arraycopy(block.channel(c), 0, held[c], old.length - gone, block.length());
        }
        start += gone;
    }

    @Override public void close() { source.close(); }
}

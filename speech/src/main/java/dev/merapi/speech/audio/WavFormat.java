package dev.merapi.speech.audio;

/** How samples are written into a WAV file. */
public enum WavFormat {
    /** Whole numbers of 16 bits: what everything reads. */
    PCM_16(1, 2),
    /** Whole numbers of 24 bits. */
    PCM_24(1, 3),
    /** Floats of 32 bits: nothing is rounded or clipped. */
    FLOAT_32(3, 4);

    final int tag;
    final int bytes;

    WavFormat(int tag, int bytes) {
        this.tag = tag;
        this.bytes = bytes;
    }
}

package dev.merapi.protect.federated;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** How an update travels from a client to the server. */
public enum UpdateCompression {
    /** As float32. */
    NONE,
    /** A byte for each number, with a scale for every 1,024: a quarter of the bytes. */
    INT8,
    /** The tenth of the numbers that are greatest, with their places: a fifth of the bytes. */
    TOP_K;

    private static final int BLOCK = 1024;
    private static final int KEEP_ONE_OF = 10;

    /** The bytes of a row of numbers. */
    byte[] encode(float[] x) {
        return switch (this) {
            case NONE -> floats(x);
            case INT8 -> bytes(x);
            case TOP_K -> greatest(x);
        };
    }

    /**
     * The numbers, as near as it gets.
     *
     * @throws IllegalArgumentException if the bytes are not those of so many numbers
     */
    float[] decode(byte[] wire, int size) {
        try {
            var in = ByteBuffer.wrap(wire).order(ByteOrder.LITTLE_ENDIAN);
            var x = new float[size];
            switch (this) {
                case NONE -> in.asFloatBuffer().get(x).position();
                case INT8 -> {
                    for (int from = 0; from < size; from += BLOCK) {
                        float scale = in.getFloat();
                        for (int i = from; i < Math.min(from + BLOCK, size); i++) x[i] = scale * in.get();
                    }
                }
                case TOP_K -> {
                    while (in.hasRemaining()) x[in.getInt()] = in.getFloat();
                }
            }
            if (this == NONE && wire.length != 4L * size) throw new IllegalArgumentException();
            return x;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Federation: expected " + size + " numbers as " + name().toLowerCase()
                    + ". Received " + wire.length + " bytes; are model and settings those of the server?", e);
        }
    }

    static byte[] floats(float[] x) {
        var out = ByteBuffer.allocate(4 * x.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(x);
        return out.array();
    }

    private static byte[] bytes(float[] x) {
        var out = ByteBuffer.allocate(x.length + 4 * Math.ceilDiv(x.length, BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < x.length; from += BLOCK) {
            int to = Math.min(from + BLOCK, x.length);
            float most = 0;
            for (int i = from; i < to; i++) most = Math.max(most, Math.abs(x[i]));
            float scale = most / 127;
            out.putFloat(scale);
            for (int i = from; i < to; i++) out.put((byte) (scale == 0 ? 0 : Math.round(x[i] / scale)));
        }
        return out.array();
    }

    private static byte[] greatest(float[] x) {
        var sizes = new float[x.length];
        for (int i = 0; i < x.length; i++) sizes[i] = Math.abs(x[i]);
        Arrays.sort(sizes);
        int keep = Math.ceilDiv(x.length, KEEP_ONE_OF);
        float least = sizes[x.length - keep];
        var out = ByteBuffer.allocate(8 * keep).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < x.length && out.hasRemaining(); i++) {
            if (Math.abs(x[i]) >= least) out.putInt(i).putFloat(x[i]);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}

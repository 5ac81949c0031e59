package dev.merapi.protect.federated;

import java.util.Arrays;

/** Rows of numbers. */
final class Vectors {
    private Vectors() {}

    static float[] minus(float[] a, float[] b) {
        var c = new float[a.length];
        for (int i = 0; i < c.length; i++) c[i] = a[i] - b[i];
        return c;
    }

    static float[] plus(float[] a, float[] b) {
        var c = new float[a.length];
        for (int i = 0; i < c.length; i++) c[i] = a[i] + b[i];
        return c;
    }

    static float[] scaled(float[] a, double factor) {
        var c = new float[a.length];
        for (int i = 0; i < c.length; i++) c[i] = (float) (a[i] * factor);
        return c;
    }

    static float[] join(float[] a, float[] b) {
        float[] c = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, c, a.length, b.length);
        return c;
    }

    static double[] ones(int count) {
        var ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    static double norm(float[] a) {
        double sum = 0;
        for (float x : a) sum += (double) x * x;
        return Math.sqrt(sum);
    }

    /** Scales a down, in place, to a 2-norm of at most {@code most}. */
    static void clip(float[] a, double most) {
        double factor = most / Math.max(most, norm(a));
        if (factor < 1) for (int i = 0; i < a.length; i++) a[i] *= (float) factor;
    }

    /** @throws IllegalArgumentException naming whose change has a NaN or an infinity */
    static void expectFinite(String who, float[] a) {
        for (int i = 0; i < a.length; i++) {
            if (Float.isFinite(a[i])) continue;
            throw new IllegalArgumentException(who + ": expected a change of finite numbers. Received " + a[i] + " at "
                    + i + " of " + a.length + "; a smaller local learning rate helps where training has diverged.");
        }
    }
}

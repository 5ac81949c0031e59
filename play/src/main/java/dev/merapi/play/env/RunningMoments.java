package dev.merapi.play.env;

/** Mean and variance of all vectors seen so far, by the parallel formula of Chan, Golub and LeVeque 1979. */
public final class RunningMoments {
    private final double[] mean;
    private final double[] squares; // sums of squared distances from the mean
    private double count;

    /** @param size numbers in a vector */
    public RunningMoments(int size) {
        mean = new double[size];
        squares = new double[size];
    }

    /** Takes in a vector. */
    public void add(float... vector) {
        count++;
        for (int i = 0; i < mean.length; i++) {
            double delta = vector[i] - mean[i];
            mean[i] += delta / count;
            squares[i] += delta * (vector[i] - mean[i]);
        }
    }

    /** The mean of one place. */
    public double mean(int i) { return mean[i]; }

    /** The variance of one place, divided by the count; 1 before anything was seen. */
    public double variance(int i) { return count == 0 ? 1 : squares[i] / count; }

    /** Vectors seen. */
    public double count() { return count; }

    /** All of it as numbers. */
    public double[] state() {
        var state = new double[2 * mean.length + 1];
        System.arraycopy(mean, 0, state, 0, mean.length);
        System.arraycopy(squares, 0, state, mean.length, mean.length);
        state[2 * mean.length] = count;
        return state;
    }

    /** Goes on from a {@link #state()}. */
    public void state(double... saved) {
        System.arraycopy(saved, 0, mean, 0, mean.length);
        System.arraycopy(saved, mean.length, squares, 0, mean.length);
        count = saved[2 * mean.length];
    }
}

package dev.merapi.explain.gradient;

import dev.merapi.tensor.Expect;

/**
 * Gauss's quadrature on [0, 1]: a sum over few places that is the integral, exactly so for polynomials of degree
 * 2n - 1.
 *
 * @param places ascending
 * @param weights sum to 1
 */
public record Quadrature(double[] places, double[] weights) {
    /** By the roots of Legendre's polynomial of degree n, found by Newton's method. */
    public static Quadrature legendre(int n) {
        Expect.atLeast("Quadrature.steps", 1, n);
        var places = new double[n];
        var weights = new double[n];
        for (int i = 0; i < n; i++) {
            double x = -Math.cos(Math.PI * (i + 0.75) / (n + 0.5)); // near the root
            double slope = 0;
            for (int step = 0; step < 100; step++) {
                double before = 1, p = x; // P0 and P1
                for (int k = 2; k <= n; k++) {
                    double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                    before = p;
                    p = next;
                }
                slope = n * (x * p - before) / (x * x - 1);
                double moved = p / slope;
                x -= moved;
                if (Math.abs(moved) < 1e-15) break;
            }
            places[i] = (x + 1) / 2;
            weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
        return new Quadrature(places, weights);
    }

    /** How many places. */
    public int steps() { return places.length; }
}

package dev.merapi.metric;

/**
 * Points that a classifier reaches at different thresholds.
 *
 * @param x false positive rates, or recalls
 * @param y true positive rates, or precisions
 * @param thresholds the least score that counts as positive at each point
 */
public record Curve(double[] x, double[] y, double[] thresholds) {}

package dev.merapi.protect.fairness;

import dev.merapi.tensor.Tensor;

/**
 * Inputs, classes and groups of rows.
 *
 * @param x (B, …)
 * @param y 0 or 1 (B), float32
 * @param group 0 or 1 (B), float32
 */
public record GroupedBatch(Tensor x, Tensor y, Tensor group) {}

package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** What attention looks at, in heads: keys (B, H, S, D) and values (B, H, S, E). */
public record KeysValues(Tensor keys, Tensor values) {}

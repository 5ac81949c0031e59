/**
 * Layers that several models of speech share.
 *
 * <pre>{@code
 * var attention = new ProjectedAttention(384, 6, false);
 * Tensor y = attention.forward(x, attention.keysValues(x), Mask.NONE);    // x (B, T, 384)
 * }</pre>
 */
package dev.merapi.speech.layer;

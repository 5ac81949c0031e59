/**
 * Quantisation: weights of 8 and 4 bits, on kernels for them.
 *
 * <pre>{@code
 * IO.println(Quantization.dynamic(model, _ -> true));
 * }</pre>
 */
package dev.merapi.compress.quantize;

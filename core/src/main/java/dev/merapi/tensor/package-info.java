/**
 * Tensors, their lifetimes and their gradients.
 *
 * <pre>{@code
 * try (var _ = Scope.open()) {
 *     var w = new Param(Tensor.randn(3, 2));
 *     Tensor.randn(5, 3).matmul(w).square().mean().backward();
 *     IO.println(w.grad());
 * }
 * }</pre>
 */
package dev.merapi.tensor;

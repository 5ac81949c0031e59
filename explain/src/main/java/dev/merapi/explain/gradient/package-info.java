/**
 * What gradients say of an input.
 *
 * <pre>{@code
 * var map = GradCam.of(model).explain(x, 3);
 * var parts = DeepLift.of(model, x.zerosLike()).explain(x, 3);
 * IO.println(parts.gap());
 * }</pre>
 */
package dev.merapi.explain.gradient;

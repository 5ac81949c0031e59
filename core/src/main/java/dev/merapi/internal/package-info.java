/**
 * The only package whose public signatures may name the engine's own types. Not for users.
 *
 * <pre>{@code
 * Engine.ensureStarted();
 * org.bytedeco.pytorch.Tensor sorted = Aten.op("sort").call(x, -1, true);
 * }</pre>
 */
package dev.merapi.internal;

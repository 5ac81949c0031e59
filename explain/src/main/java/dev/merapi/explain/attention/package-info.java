/**
 * What Transformers look at, and what they would say early.
 *
 * <pre>{@code
 * var lens = LogitLens.of(model, ids);
 * IO.println(lens.layers() + " " + lens.best(0));
 * }</pre>
 */
package dev.merapi.explain.attention;

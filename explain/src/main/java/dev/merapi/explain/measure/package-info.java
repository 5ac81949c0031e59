/**
 * Whether an explanation says what the model does.
 *
 * <pre>{@code
 * double[] order = attribution.values();
 * IO.println(Faithfulness.area(Faithfulness.deletion(game, order, 20)));      // small: the output falls at once
 * }</pre>
 */
package dev.merapi.explain.measure;

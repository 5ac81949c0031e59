/**
 * Measures of predictions, gathered batch by batch.
 *
 * <pre>{@code
 * var accuracy = new Accuracy();
 * for (var batch : test) accuracy.update(model.forward(batch.x()), batch.y());
 * IO.println(accuracy.value());
 * }</pre>
 */
package dev.merapi.metric;

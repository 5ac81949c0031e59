/**
 * Pruning: single weights, channels with all that depends on them, layers.
 *
 * <pre>{@code
 * var graph = DependencyGraph.of(model, model::forward, example);
 * ChannelPruning.of(model, graph, Importance.MAGNITUDE).toward(summary, 0.5);
 * }</pre>
 */
package dev.merapi.compress.prune;

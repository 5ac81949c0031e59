/**
 * Embeddings larger than a machine's memory, and other weights that workers share, on servers: a data grid whose nodes
 * hold the rows, twice each, and change them by gradients.
 *
 * <pre>{@code
 * try (var grid = Grid.connect("node-a:5701", "node-b:5701")) {
 *     var items = grid.table("items", 16, RowOptimizer.adam(1e-3));
 *     var model = new Sequential(new ServerEmbedding(items), new Linear(16, 1));
 *     trainer.strategy(ServerStrategy.asynchronous()).fit(train);
 * }
 * }</pre>
 *
 * Li et al. 2014, "Scaling Distributed Machine Learning with the Parameter Server"; Ho et al. 2013, on bounded
 * staleness.
 */
package dev.merapi.paramserver;

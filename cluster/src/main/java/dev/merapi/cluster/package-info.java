/**
 * Training on a Spark cluster: ranks as the tasks of a barrier stage.
 *
 * <pre>{@code
 * var losses = SparkRanks.on(spark, 4).run(frame.select("x", "y"), (group, rows) -> train(group, rows));
 * }</pre>
 */
package dev.merapi.cluster;

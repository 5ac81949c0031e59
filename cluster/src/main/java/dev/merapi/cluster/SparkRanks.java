package dev.merapi.cluster;

import dev.merapi.parallel.Rendezvous;
import java.io.Serializable;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag$;

/**
 * Ranks on a Spark cluster: the tasks of a barrier stage, which Spark starts all at once, each with a part of the data.
 *
 * <pre>{@code
 * var results = SparkRanks.on(spark, 4).run(frame, (group, rows) -> {
 *     try (var parallel = DataParallel.of(group)) {
 *         return trainer(rows).strategy(parallel).folder(Path.of("/shared/run")).resume().fit(loader(rows)).steps();
 *     }
 * });
 * }</pre>
 *
 * When an executor is lost, Spark starts all ranks again: a fit that {@linkplain dev.merapi.train.Trainer#resume
 * resumes} from a folder that all executors see then goes on from its last checkpoint. The cluster needs a free core
 * for each rank.
 */
public final class SparkRanks {
    private final SparkSession spark;
    private final int ranks;
    private final Duration timeout;

    private SparkRanks(SparkSession spark, int ranks, Duration timeout) {
        this.spark = spark;
        this.ranks = ranks;
        this.timeout = timeout;
    }

    /** @throws IllegalArgumentException for fewer than one rank */
    public static SparkRanks on(SparkSession spark, int ranks) {
        if (ranks < 1) throw new IllegalArgumentException("SparkRanks: expected at least 1 rank. Received " + ranks);
        return new SparkRanks(spark, ranks, Rendezvous.TIMEOUT);
    }

    /** How long a rank waits for another. */
    public SparkRanks withTimeout(Duration limit) { return new SparkRanks(spark, ranks, limit); }

    /** Runs work without data of Spark's, and gives what each rank gave back, in their order. */
    public <R extends Serializable> List<R> run(RankWork<Integer, R> work) {
        var numbers = IntStream.range(0, ranks).boxed().toList();
        return run(JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(numbers, ranks), work);
    }

    /** As {@link #run(JavaRDD, RankWork)}, on the rows of a frame. */
    public <T, R extends Serializable> List<R> run(Dataset<T> frame, RankWork<T, R> work) {
        return run(frame.javaRDD(), work);
    }

    /**
     * Runs work on each rank with a part of the data, and gives what each gave back, in the ranks' order.
     *
     * @throws IllegalStateException if the cluster has fewer free cores than ranks, or a rank failed
     */
    public <T, R extends Serializable> List<R> run(JavaRDD<T> data, RankWork<T, R> work) {
        var parts = data.getNumPartitions() == ranks ? data : data.repartition(ranks);
        var tag = ClassTag$.MODULE$.<BarrierTask.Done<R>>apply(BarrierTask.Done.class);
        var done = parts.rdd().barrier().mapPartitions(new BarrierTask<>(work, timeout), false, tag).toJavaRDD();
        try {
            // A barrier stage that gives the job's result is never tried again; one in front of a shuffle is.
            return done.repartition(1).collect().stream().sorted(Comparator.comparingInt(BarrierTask.Done::rank))
                    .map(BarrierTask.Done::result).toList();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // Scala throws Spark's without saying so
            throw failure(e);
        }
    }

    private IllegalStateException failure(Exception e) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("SPARK-24819") || said.contains("more slots than")) {
            return new IllegalStateException("SparkRanks: expected " + ranks + " free cores, one for each rank."
                    + " Received fewer from " + spark.sparkContext().master()
                    + "; take fewer ranks or a larger cluster.", e);
        }
        return new IllegalStateException("SparkRanks: a rank failed: " + said.lines().limit(3).toList(), e);
    }
}

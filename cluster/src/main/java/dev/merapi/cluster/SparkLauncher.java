package dev.merapi.cluster;

import dev.merapi.recipe.Launcher;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * {@code merapi train … --spark spark://host:7077 --ranks 4}: a recipe on a Spark cluster, each rank a task of a
 * barrier stage. Every property of Spark's, such as {@code -Dspark.executor.memory=4g}, may be given to this JVM.
 * Executors have this JVM's class path unless {@code spark.executor.extraClassPath} says otherwise: the same files at
 * the same places on all machines.
 */
public final class SparkLauncher implements Launcher {
    private static final String LOGGING = "log4j2.configurationFile";

    @Override public String name() { return "spark"; }

    @Override public Map<String, Double> train(Training training, Consumer<String> out) {
        if (System.getProperty(LOGGING) == null) System.setProperty(LOGGING, "dev/merapi/cluster/log4j2.properties");
        var folder = training.folder().toAbsolutePath();
        var spark = SparkSession.builder().config(conf(training)).getOrCreate();
        try {
            out.accept("Spark " + spark.version() + " at " + training.place() + ", " + training.ranks() + " ranks");
            return SparkRanks.on(spark, training.ranks())
                    .run(new RecipeWork(training.config(), folder.toString(), training.device())).getFirst();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException("--spark " + training.place() + ": " + e.getMessage(), e);
        } finally {
            spark.stop();
        }
    }

    private static SparkConf conf(Training training) {
        String place = training.place();
        if (!place.matches("local(\\[.*])?|local-cluster\\[.*]|spark://.+|yarn|k8s://.+")) {
            throw new IllegalArgumentException("--spark: expected local[2], local-cluster[2,1,1024], spark://host:7077,"
                    + " yarn or k8s://…. Received " + place);
        }
        if (place.startsWith("local-cluster") && System.getenv("SPARK_HOME") == null) {
            throw new IllegalArgumentException("--spark " + place + ": expected the variable SPARK_HOME, a folder whose"
                    + " jars/ has Spark's. Received none; MERAPI_SPARK=1 ./merapi sets it.");
        }
        var conf = new SparkConf().setMaster(place); // with the properties of this JVM
        var defaults = new TreeMap<>(Map.of(
                "spark.app.name", "merapi " + training.config().get("recipe"),
                "spark.ui.enabled", "false",
                "spark.ui.showConsoleProgress", "false",
                "spark.cores.max", "" + training.ranks(),
                "spark.executor.extraClassPath", System.getProperty("java.class.path"),
                "spark.executor.extraJavaOptions", options(),
                // executors may still be coming: asks for a minute
                "spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "3s",
                "spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "20"));
        if (place.startsWith("local")) {
            defaults.put("spark.driver.host", "127.0.0.1");
            defaults.put("spark.driver.bindAddress", "127.0.0.1");
        }
        var workers = Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*(\\d+)\\s*]").matcher(place);
        if (workers.matches()) defaults.put("spark.executor.memory", workers.group(1) + "m"); // all that a worker has
        if (place.matches("local(\\[.*])?")) { // nothing more will come
            defaults.put("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "1");
        }
        defaults.forEach(conf::setIfMissing);
        return conf;
    }

    /** Those of this JVM that its executors need too; Spark opens packages for itself. */
    private static String options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-Dorg.bytedeco.") || option.startsWith("--enable-native-access")
                        || option.startsWith("--sun-misc-unsafe"))
                .collect(Collectors.joining(" "));
    }
}

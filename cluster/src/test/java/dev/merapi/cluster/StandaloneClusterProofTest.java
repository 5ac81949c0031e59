package dev.merapi.cluster;

import dev.merapi.ChildJvm;
import dev.merapi.cli.Main;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A master and two workers of Spark in processes of their own, as on a cluster. */
@Tag("proof")
class StandaloneClusterProofTest {
    private final List<Process> daemons = new ArrayList<>();
    private Path home;
    private String master;

    @TempDir Path folder;

    @BeforeEach void start() throws Exception {
        home = SparkHome.in(folder);
        int port = freePort();
        master = "spark://127.0.0.1:" + port;
        Path log = daemon("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "" + port,
                "--webui-port", "0");
        for (int worker = 0; worker < 2; worker++) {
            daemon("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1",
                    "--memory", "1g", "--work-dir", folder.resolve("work" + worker).toString(), master);
        }
        for (int i = 0; i < 600 && Files.readString(log).split("Registering worker").length < 3; i++) Thread.sleep(200);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path daemon(String main, String... arguments) throws IOException {
        Path log = folder.resolve("daemon" + daemons.size() + ".log");
        var jvm = SparkHome.jvm(home);
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm.options());
        command.addAll(List.of("-Dlog4j2.level=INFO", "-cp", home.resolve("jars") + "/*", main));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(SparkHome.variables(home));
        daemons.add(builder.start());
        return log;
    }

    @AfterEach void stop() throws InterruptedException {
        for (Process daemon : daemons) {
            daemon.descendants().forEach(ProcessHandle::destroyForcibly);
            daemon.destroyForcibly().waitFor();
        }
    }

    private ChildJvm.Result train(Path run, String... settings) throws Exception {
        var arguments = new ArrayList<>(List.of("train", "dots", "epochs=6"));
        arguments.addAll(List.of(settings));
        arguments.addAll(List.of("--spark", master, "--ranks", "2", "--out", run.toString()));
        return SparkHome.jvm(home).with("-Dspark.driver.host=127.0.0.1", "-Dspark.executor.memory=512m",
                "-Dspark.executor.cores=1").run(Main.class, arguments.toArray(String[]::new));
    }

    private static float[] weights(Path run) {
        try (var _ = Scope.open()) {
            return SafetensorsFile.open(run.resolve("model.safetensors")).tensor("0.weight").toFloats();
        }
    }

    @Test void anExecutorThatIsKilledCostsNothing() throws Exception {
        var undisturbed = train(folder.resolve("a"));
        assertEquals(0, undisturbed.exitCode(), undisturbed.output());
        Path killed = folder.resolve("killed");
        var result = train(folder.resolve("b"), "kills=" + killed);
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(Files.exists(killed), "an executor was killed");
        assertArrayEquals(weights(folder.resolve("a")), weights(folder.resolve("b")));
        String metrics = Files.readString(folder.resolve("b/metrics.jsonl"));
        assertEquals(6, metrics.lines().filter(line -> line.startsWith("{\"epoch\"")).count(), metrics);
    }

    /** A program of a user's: a frame goes in, and a run comes out. */
    static final class FrameProgram {
        public static void main(String[] args) {
            var spark = SparkSession.builder().master(args[0]).appName("frame").config("spark.ui.enabled", false)
                    .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                    .config("spark.executor.extraJavaOptions", "--enable-native-access=ALL-UNNAMED")
                    .config("spark.cores.max", 2).getOrCreate();
            try {
                var rows = IntStream.range(0, 400).mapToObj(i -> RowFactory.create(Math.sin(i), Math.cos(3 * i),
                        Math.sin(i) + Math.cos(3 * i) > 0 ? 1 : 0)).toList();
                var frame = spark.createDataFrame(rows, new StructType().add("x", DataTypes.DoubleType)
                        .add("y", DataTypes.DoubleType).add("label", DataTypes.IntegerType));
                IO.println(SparkRanks.on(spark, 2).run(frame, new FrameFit(args[1])));
            } finally {
                spark.stop();
            }
        }
    }

    /** What each rank does with its rows. */
    private record FrameFit(String folder) implements RankWork<Row, Long> {
        @Override public Long run(ProcessGroup group, List<Row> rows) {
            var data = Dataset.of(Rows.numbers(rows, "x", "y"), Rows.labels(rows, "label"));
            try (var model = new Sequential(new Linear(2, 2));
                    var parallel = DataParallel.of(group, DataParallel.Options.DEFAULT.ownData(true))) {
                return Trainer.of(Classification.of(model, 2)).optimizer(m -> new Adam(m, 0.05)).epochs(5)
                        .strategy(parallel).folder(Path.of(folder)).resume()
                        .fit(Loader.of(data, 20).workers(0), Loader.of(data, 100).workers(0)).steps();
            }
        }
    }

    @Test void aFrameGoesInAndARunComesOut() throws Exception {
        Path run = folder.resolve("frame");
        var result = SparkHome.jvm(home).with("-Dspark.driver.host=127.0.0.1", "-Dspark.executor.memory=512m",
                "-Dspark.executor.cores=1").run(FrameProgram.class, master, run.toString());
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(Files.exists(run.resolve("config.json")));
        assertEquals(2, SafetensorsFile.open(run.resolve("model.safetensors")).shape("0.bias")[0]);
        var last = Files.readAllLines(run.resolve("metrics.jsonl")).getLast();
        assertTrue(last.matches(".*\"accuracy\":(0\\.9|1).*"), last);
    }

    /** What Spark's script of this name starts. */
    @Test void sparkSubmitTakesOneJar() throws Exception {
        Path jar = SparkHome.jar(folder.resolve("app.jar"));
        Path run = folder.resolve("submitted");
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(SparkHome.jvm(home).options());
        command.addAll(List.of("-cp", home.resolve("jars") + "/*", "org.apache.spark.deploy.SparkSubmit", "--master",
                master, "--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.executor.memory=512m", "--conf",
                "spark.executor.cores=1", "--class", "dev.merapi.cli.Main", jar.toString(), "train", "dots",
                "--spark", master, "--ranks", "2", "--out", run.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(SparkHome.variables(home));
        var submitted = builder.start();
        var output = new String(submitted.getInputStream().readAllBytes());
        assertEquals(0, submitted.waitFor(), output);
        assertTrue(output.contains("Run: " + run), output);
        assertTrue(Files.exists(run.resolve("model.safetensors")), output);
    }
}

package dev.merapi.cli;

import dev.merapi.parallel.LocalRanks;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.recipe.Launcher;
import dev.merapi.recipe.Setup;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --ranks}: the same command again, in so many processes, or on a cluster. */
final class RanksOption {
    @Option(names = "--ranks", defaultValue = "1", paramLabel = "<n>",
            description = "Train by so many processes, which share the cores (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--tensor", defaultValue = "1", paramLabel = "<n>",
            description = {"Of them, so many have one model together, a part of each block each",
                "(default: ${DEFAULT-VALUE})."})
    private int tensor;

    @Option(names = "--port", defaultValue = "0", paramLabel = "<port>",
            description = "Where they meet (default: any that is free).")
    private int port;

    @Option(names = "--spark", paramLabel = "<master>",
            description = "Train on Spark: local[2], local-cluster[2,1,1024], spark://host:7077, yarn.")
    private String spark;

    @Spec(Spec.Target.MIXEE) private CommandSpec spec;

    /**
     * Whether processes are to be started: not in one of them.
     *
     * @throws IllegalArgumentException for fewer than one
     */
    boolean isOn() {
        if (Rendezvous.isInEnvironment()) return false;
        if (count < 1) throw new IllegalArgumentException("--ranks: expected at least 1. Received " + count);
        if (tensor < 1 || count % tensor != 0) {
            throw new IllegalArgumentException("--tensor: expected a number that divides the " + count + " ranks."
                    + " Received " + tensor);
        }
        return count > 1;
    }

    /** Ranks that have one model together. */
    int tensor() { return tensor; }

    /**
     * Starts them and waits.
     *
     * @param arguments of this command, such as {@code train fashion}
     * @return the exit code
     */
    int run(List<String> arguments, Path run) {
        var err = spec.commandLine().getErr();
        var all = new ArrayList<>(arguments);
        all.addAll(List.of("--tensor", "" + tensor));
        return new LocalRanks(command(all), count, run.resolve("ranks"), port)
                .run(line -> err.println("merapi: " + line));
    }

    /** Whether a cluster is to train. */
    boolean isElsewhere() { return spark != null && !Rendezvous.isInEnvironment(); }

    /**
     * Trains there, from the newest checkpoint where there is one, and waits.
     *
     * @return the exit code
     */
    int runElsewhere(Setup<?> setup, Path run, String device) {
        if (count < 1) throw new IllegalArgumentException("--ranks: expected at least 1. Received " + count);
        if (tensor != 1) {
            throw new IllegalArgumentException("--tensor: expected ranks of this machine, or of a launcher's. Received"
                    + " --spark; leave one of them out.");
        }
        var out = spec.commandLine().getOut();
        var launcher = ServiceLoader.load(Launcher.class).stream().map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("spark")).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--spark: expected Spark and merapi-cluster on the"
                        + " class path. Received neither; start MERAPI_SPARK=1 ./merapi, or use spark-submit."));
        var values = launcher.train(new Launcher.Training(spark, setup.toMap(), run, count, device), line -> {
            out.println(line);
            out.flush();
        });
        new TreeMap<>(values).forEach((name, value) -> out.printf("%s %.4f%n", name, value));
        out.println("Run: " + run);
        return 0;
    }

    /** This JVM's own, but for the arguments. */
    private static List<String> command(List<String> arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return command;
    }
}

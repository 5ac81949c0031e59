package dev.merapi.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Language models of one shape and random weights read prompts and write texts, turn by turn, by several engines; the
 * table goes to the standard output. Works in the folder {@code bench}.
 */
public final class Decoders {
    /** Each by name, with the one that its ratios are to: llama.cpp's with as many bits. */
    private static final Map<String, String> CONTENDERS = new LinkedHashMap<>();

    static {
        for (String name : List.of("llama f16", "llama q8_0", "llama q4_0")) CONTENDERS.put(name, name);
        CONTENDERS.put("jlama f32", "llama f16");
        CONTENDERS.put("jlama q4", "llama q4_0");
        CONTENDERS.put("merapi f32", "llama f16");
        CONTENDERS.put("merapi bf16", "llama f16");
        CONTENDERS.put("merapi int8", "llama q8_0");
        CONTENDERS.put("merapi int4", "llama q4_0");
    }

    private static final List<Integer> BATCHES = List.of(1, 4, 16);

    private final Map<String, String> options = new LinkedHashMap<>(Map.of("shapes", "58m,125m", "prompt", "160",
            "tokens", "48", "rounds", "3", "minutes", "9", "threads", "2",
            "contenders", String.join(",", CONTENDERS.keySet())));

    private Decoders() {}

    /** See {@code bench/decoders}. */
    public static void main(String... arguments) {
        var bench = new Decoders();
        for (String argument : arguments) {
            String[] words = argument.split("=", 2);
            if (words.length < 2 || bench.options.replace(words[0], words[1]) == null) {
                System.err.println("decoders: expected name=value with a name of " + bench.options.keySet()
                        + ". Received " + argument + ".");
                System.exit(2);
            }
        }
        for (String name : bench.options.get("contenders").split(",")) {
            if (CONTENDERS.containsKey(name)) continue;
            System.err.println("decoders, contenders: expected some of " + CONTENDERS.keySet() + ". Received " + name
                    + ".");
            System.exit(2);
        }
        bench.run();
    }

    private int number(String option) { return Integer.parseInt(options.get(option)); }

    private void run() {
        System.out.println(Machine.here() + "\n");
        var shapes = options.get("shapes").split(",");
        long start = System.nanoTime(), budget = TimeUnit.MINUTES.toNanos(number("minutes"));
        for (int i = 0; i < shapes.length; i++) compare(shapes[i], start + budget * (i + 1) / shapes.length);
    }

    /**
     * What a contender did in a round.
     *
     * @param resident its memory
     * @param tokens a second: read, and written in each size of batch; NaN if it cannot
     */
    private record Figures(long resident, double... tokens) {}

    private void compare(String shape, long end) {
        var folder = Path.of("target", "decoders", shape);
        if (!Files.exists(folder.resolve("q4_0.gguf"))) make(folder, shape);
        var running = new LinkedHashMap<String, Running>();
        var figures = new LinkedHashMap<String, List<Figures>>();
        try {
            for (String name : options.get("contenders").split(",")) {
                running.put(name, new Running(name, folder, number("threads")));
                figures.put(name, new ArrayList<>());
            }
            for (int i = 0; i <= number("rounds") && (i < 2 || System.nanoTime() < end); i++) {
                for (String name : List.copyOf(running.keySet())) {
                    try {
                        var now = round(running.get(name), i);
                        if (i > 0) figures.get(name).add(now); // Java's compilers need the first
                    } catch (IllegalStateException e) {
                        System.err.println(e.getMessage() + ", and is left out; its log is in " + folder);
                        running.remove(name).close();
                    }
                }
            }
            System.out.println(table(shape, figures));
        } finally {
            running.values().forEach(Running::close);
        }
    }

    private Figures round(Running contender, int round) {
        var tokens = new double[1 + BATCHES.size()];
        tokens[0] = contender.ask("read " + number("prompt") + " " + (100 + round));
        for (int i = 0; i < BATCHES.size(); i++) {
            tokens[i + 1] = contender.ask("write " + BATCHES.get(i) + " " + number("tokens") + " " + (200 + round));
        }
        return new Figures(contender.memory(), tokens);
    }

    private String table(String shape, Map<String, List<Figures>> figures) {
        var text = new StringBuilder("## " + shape + "\n\nTokens a second (median of "
                + figures.values().stream().mapToInt(List::size).max().orElse(0) + " rounds), and times llama.cpp's of"
                + " as many bits: f16, q8_0, q4_0.\n\n| | MiB | reading " + number("prompt") + " words |");
        BATCHES.forEach(batch -> text.append(" writing, batch ").append(batch).append(" |"));
        text.append("\n|---|---:|").append("---:|".repeat(1 + BATCHES.size())).append('\n');
        figures.forEach((name, own) -> {
            if (own.isEmpty()) return;
            text.append("| ").append(name).append(" | ").append(own.getLast().resident >> 20).append(" |");
            for (int i = 0; i <= BATCHES.size(); i++) {
                double now = median(own, i), peer = median(figures.getOrDefault(CONTENDERS.get(name), List.of()), i);
                text.append(Double.isNaN(now) ? " – |" : Report.format(" %.1f, %.2f x |", now, now / peer));
            }
            text.append('\n');
        });
        return text.toString();
    }

    private static double median(List<Figures> figures, int which) {
        double[] sorted = figures.stream().mapToDouble(one -> one.tokens[which]).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static void make(Path folder, String shape) {
        System.err.println("making the model of " + shape + " ...");
        try (var maker = new Running("merapi make " + shape, folder, 2)) {
            maker.end();
        }
    }

    /** An engine in a process of its own. */
    private static final class Running implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader replies;

        /** @param words the contender's folder, and what it is told beside the models' folder */
        Running(String words, Path models, int threads) {
            name = words;
            String[] all = words.split(" ");
            var folder = Path.of(all[0]);
            try {
                Path log = Files.createDirectories(models).resolve(words.replace(' ', '-') + ".log");
                var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                        .toString(), "-Dbench.threads=" + threads, "-cp", folder.resolve("target/classes")
                        + File.pathSeparator + Files.readString(folder.resolve("target/classpath.txt")).strip()));
                var options = Files.readAllLines(folder.resolve("java.args"));
                command.addAll(options.subList(0, options.size() - 1));
                command.add(all[0].equals("merapi") ? "dev.merapi.bench.merapi.Texts" : options.getLast());
                command.add(models.toString());
                command.addAll(Arrays.asList(all).subList(1, all.length));
                var builder = new ProcessBuilder(command).redirectError(log.toFile());
                builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
                process = builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            replies = process.inputReader(StandardCharsets.UTF_8);
        }

        /** Tokens a second; NaN if it cannot. */
        double ask(String line) {
            tell(line);
            String[] words = await("done").split(" ");
            return words.length < 2 ? Double.NaN : Long.parseLong(words[0]) / (Long.parseLong(words[1]) / 1e9);
        }

        long memory() {
            tell("memory");
            return Memory.parse(await("memory")).resident();
        }

        private void tell(String line) {
            try {
                var in = process.outputWriter(StandardCharsets.UTF_8);
                in.write(line + "\n");
                in.flush();
            } catch (IOException e) {
                throw new IllegalStateException(name + ": the process ended", e);
            }
        }

        /** The rest of the next line that begins with that word; nothing if it has failed. */
        private String await(String word) {
            try {
                for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                    if (line.startsWith(word + " ")) return line.substring(word.length() + 1);
                    if (line.startsWith("failed ")) {
                        System.err.println(name + ": " + line);
                        return "";
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new IllegalStateException(name + ": the process ended");
        }

        void end() {
            try {
                if (process.waitFor() != 0) throw new IllegalStateException(name + ": failed");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override public void close() {
            process.destroy();
        }
    }
}

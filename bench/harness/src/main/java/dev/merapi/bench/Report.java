package dev.merapi.bench;

import dev.merapi.bench.Result.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Markdown of one run. */
record Report(Machine machine, Options options, String args, Map<Workload, List<Result>> results,
        Map<Workload, List<Soak>> soaks) {

    /** Writes the report beside its place and moves it there. */
    void write(Path file) {
        try {
            if (file.getParent() != null) Files.createDirectories(file.getParent());
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.writeString(part, markdown());
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String markdown() {
        var text = new StringBuilder(head());
        results.forEach((workload, all) -> text.append(section(workload, all)));
        soaks.forEach((workload, all) -> text.append(section(workload.id(), all)));
        return text.append(versions()).toString();
    }

    private String head() {
        return """
                # Benchmark, %s

                - machine: %s
                - Java: %s
                - commit: %s
                - command: `bench/run%s`
                - threads: %d for each engine; float32 if nothing else is said
                - rounds: %d after each of %d fresh starts; in a round each contender runs for about %s s and rests
                  while the others run

                A ratio is a contender's time over the first one's in the same round: median [min–max] over the rounds.
                The column processors is the same for the time that all processors together spent on a step.
                Idle is the most cores that a contender used while the others ran; others, the most cores that
                other programs used during its turns. Where these are not small, distrust the figures.
                """.formatted(LocalDate.now(), machine, machine.java(),
                System.getProperty("bench.commit", "unknown"), args.isEmpty() ? "" : " " + args,
                options.threads, options.rounds, options.starts, options.seconds);
    }

    private String section(Workload workload, List<Result> all) {
        var text = new StringBuilder("""

                ## %s
                %s

                | | min | median | max | %s/s | ratio to %s | processors | ratio | loss | idle | others |
                |---|---|---|---|---|---|---|---|---|---|---|
                """.formatted(workload.id(), workload.summary(), workload.unit(), all.getFirst().name()));
        for (var result : all) text.append(row(workload, result, all.getFirst()));
        return text.toString();
    }

    private static String row(Workload workload, Result result, Result first) {
        Spread time = result.time();
        var cells = List.of(result.name(), time(time.min()), time(time.median()), time(time.max()),
                format("%,.0f", workload.items() * 1e9 / time.median()),
                ratio(result.ratio(first)), time(result.cpu().median()), ratio(result.cpuRatio(first)),
                known("%.3f", result.loss()), known("%.2f", result.idle()),
                known("%.2f", result.others()));
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private String section(String workload, List<Soak> all) {
        var text = new StringBuilder("""

                ## Memory over %,d steps of %s
                After a warm-up of a tenth as many steps, and at the end: what the process holds of the machine's
                memory, and Java's heap after a collection; in MiB.

                | | warm | end | growth | heap, warm | heap, end |
                |---|---|---|---|---|---|
                """.formatted(options.soak, workload));
        for (var soak : all) {
            var warm = soak.warm();
            var end = soak.end();
            text.append(format("| %s | %.0f | %.0f | %+.1f %% | %.1f | %.1f |\n", soak.name(),
                    warm.resident() / 0x1p20, end.resident() / 0x1p20,
                    100.0 * (end.resident() - warm.resident()) / warm.resident(),
                    warm.heap() / 0x1p20, end.heap() / 0x1p20));
        }
        return text.toString();
    }

    private static String ratio(Spread ratio) {
        return format("%.2f [%.2f–%.2f]", ratio.median(), ratio.min(), ratio.max());
    }

    private String versions() {
        var abouts = new LinkedHashMap<String, String>();
        results.values().forEach(all -> all.forEach(r -> abouts.put(r.name(), r.about())));
        var text = new StringBuilder("\n## Versions\n\n");
        abouts.forEach((name, about) -> text.append("- %s: %s\n".formatted(name, about)));
        return text.toString();
    }

    private static String known(String format, double value) {
        return Double.isNaN(value) ? "–" : format(format, value);
    }

    /** Figures look the same everywhere. */
    static String format(String format, Object... values) { return String.format(Locale.ROOT, format, values); }

    /** Nanoseconds as people read them, as {@code 18.3 ms}. */
    static String time(double nanos) {
        return nanos < 1e5 ? format("%.0f ns", nanos) : format("%.2f ms", nanos / 1e6);
    }
}

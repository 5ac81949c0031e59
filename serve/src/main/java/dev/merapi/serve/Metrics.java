package dev.merapi.serve;

import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** What happens in a server, in Prometheus' text format. */
final class Metrics {
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128};
    private static final Map<String, String> HELP = Map.of(
            "merapi_requests_total", "Requests by path and status.",
            "merapi_request_seconds", "Time from a request to the end of its answer.",
            "merapi_first_token_seconds", "Time from a request to the first piece of its text.",
            "merapi_batch_size", "Inputs of a batch, or texts at a step of writing.",
            "merapi_tokens_total", "Tokens read (prompt) and written (text).",
            "merapi_queue", "Inputs or texts that wait.");

    private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();
    private final Map<String, Histogram> histograms = new ConcurrentSkipListMap<>();
    private final Map<String, IntSupplier> gauges = new ConcurrentHashMap<>();

    /** How often values were in which range. */
    private record Histogram(double[] bounds, AtomicLongArray counts, DoubleAdder sum) {
        static Histogram of(double[] bounds) {
            return new Histogram(bounds, new AtomicLongArray(bounds.length + 1), new DoubleAdder());
        }

        void add(double value) {
            int place = Arrays.binarySearch(bounds, value);
            counts.incrementAndGet(place >= 0 ? place : -place - 1);
            sum.add(value);
        }

        void write(String name, String labels, StringBuilder out) {
            long count = 0;
            for (int i = 0; i <= bounds.length; i++) {
                count += counts.get(i);
                String bound = i < bounds.length ? String.valueOf(bounds[i]) : "+Inf";
                out.append("%s_bucket{%s,le=\"%s\"} %d\n".formatted(name, labels, bound, count));
            }
            out.append("%s_sum{%s} %s\n%s_count{%s} %d\n".formatted(name, labels, sum.sum(), name, labels, count));
        }
    }

    void request(String path, int status, double seconds) {
        count("merapi_requests_total{path=\"" + path + "\",status=\"" + status + "\"}", 1);
        add("merapi_request_seconds{path=\"" + path + "\"}", SECONDS, seconds);
    }

    void batch(String model, int size) { add("merapi_batch_size{model=\"" + model + "\"}", SIZES, size); }

    void firstToken(String model, double seconds) {
        add("merapi_first_token_seconds{model=\"" + model + "\"}", SECONDS, seconds);
    }

    void tokens(String model, String kind, int count) {
        count("merapi_tokens_total{model=\"" + model + "\",kind=\"" + kind + "\"}", count);
    }

    void gauge(String name, String model, IntSupplier value) { gauges.put(name + "{model=\"" + model + "\"}", value); }

    private void count(String key, int by) { counters.computeIfAbsent(key, _ -> new LongAdder()).add(by); }

    private void add(String key, double[] bounds, double value) {
        histograms.computeIfAbsent(key, _ -> Histogram.of(bounds)).add(value);
    }

    /** All of it, as of now. */
    String text() {
        var families = new TreeMap<String, StringBuilder>();
        counters.forEach((key, value) -> family(families, key, "counter").append(key).append(' ')
                .append(value.sum()).append('\n'));
        gauges.forEach((key, value) -> family(families, key, "gauge").append(key).append(' ')
                .append(value.getAsInt()).append('\n'));
        histograms.forEach((key, value) -> value.write(name(key), key.substring(key.indexOf('{') + 1,
                key.length() - 1), family(families, key, "histogram")));
        return families.values().stream().map(StringBuilder::toString).collect(Collectors.joining())
                + process("merapi_live_tensors", "Tensors that are not freed.", Scope.live())
                + process("process_resident_memory_bytes", "Memory of the process.", resident());
    }

    private static StringBuilder family(Map<String, StringBuilder> families, String key, String type) {
        String name = name(key);
        return families.computeIfAbsent(name, _ -> new StringBuilder("# HELP %s %s\n# TYPE %s %s\n"
                .formatted(name, HELP.get(name), name, type)));
    }

    private static String name(String key) { return key.substring(0, key.indexOf('{')); }

    private static String process(String name, String help, long value) {
        return "# HELP %s %s\n# TYPE %s gauge\n%s %d\n".formatted(name, help, name, name, value);
    }

    /** As Linux says it; elsewhere what the heap takes. */
    private static long resident() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).sum();
        } catch (IOException e) {
            return Runtime.getRuntime().totalMemory();
        }
    }
}

package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the page shows of runs, as JSON, and their files. It changes nothing. */
final class RunsView {
    private static final int LARGEST = 16 << 20; // bytes of an evaluation
    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"), Map.entry("jpeg", "image/jpeg"), Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"), Map.entry("svg", "image/svg+xml"), Map.entry("wav", "audio/wav"),
            Map.entry("mp3", "audio/mpeg"), Map.entry("flac", "audio/flac"), Map.entry("mp4", "video/mp4"),
            Map.entry("html", "text/html; charset=utf-8"), Map.entry("json", "application/json"));
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Set<String> TEXTS = Set.of("txt", "md", "jsonl", "csv", "tsv", "yaml",
            "yml", "log", "jinja", "arpa");

    private final RunsFolder runs;

    RunsView(RunsFolder runs) { this.runs = runs; }

    /** {@code GET /runs}: all of them, those that were measured last first. */
    void list(Exchange exchange) {
        var all = new ArrayList<RunSummary>();
        for (String name : runs.names()) {
            try {
                all.add(RunSummary.of(name, runs.run(name)));
            } catch (Refusal | UncheckedIOException e) {
                // has just been deleted
            }
        }
        all.sort((a, b) -> Long.compare(b.changed(), a.changed()));
        exchange.send(Map.of("folder", runs.name(), "runs", all));
    }

    /** {@code GET /runs/run?run=}: its settings, files, and what {@code merapi eval} found. */
    void run(Exchange exchange) {
        String name = exchange.query("run");
        Path run = runs.run(name);
        var about = new LinkedHashMap<String, Object>();
        about.put("summary", RunSummary.of(name, run));
        about.put("config", RunSummary.config(run));
        about.put("files", runs.files(name));
        about.put("evaluation", evaluation(run.resolve("evaluation.json")));
        exchange.send(about);
    }

    private static JsonNode evaluation(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LARGEST) {
                return null;
            }
            return Inputs.JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            return null; // damaged: the picture beside it is shown
        }
    }

    /** {@code GET /runs/metrics?run=&from=}: the rows after those that the asker has. */
    void metrics(Exchange exchange) {
        exchange.send(RunLog.since(runs.run(exchange.query("run")), exchange.query("from")));
    }

    /** {@code GET /runs/file?run=&path=}: a file as it is, with which a browser runs nothing. */
    void file(Exchange exchange) {
        Path file = runs.file(exchange.query("run"), exchange.query("path"));
        exchange.send(file, type(file.getFileName().toString()));
    }

    private static String type(String name) {
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TEXTS.contains(end) ? TEXT : TYPES.getOrDefault(end, "application/octet-stream");
    }
}

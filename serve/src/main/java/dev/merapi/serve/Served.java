package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Ranked;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tensor.Device;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.pipeline.Placement;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model that is served.
 *
 * @param name its folder's
 * @param kind what it is for: {@code chat}, {@code completion}, {@code embedding}, or what its inputs are
 * @param most inputs of a request
 * @param asked its answers, on a virtual thread
 * @param engine what writes texts; null where it does not
 * @param adapter with which it writes; empty for none
 * @param closing frees it
 */
record Served<I>(String name, String kind, Predictor<?, ?> model, Inputs<I> inputs, int most,
        Function<List<I>, List<Object>> asked, TextEngine engine, String adapter, Runnable closing)
        implements AutoCloseable {
    private static final int MOST_IN_TOKEN = 128; // characters: hardly a vocabulary has longer ones

    /**
     * The model in a folder.
     *
     * @throws IllegalArgumentException as {@link Predictor#open}, and if its inputs cannot be had from requests
     */
    static Served<?> open(Path folder, Device device, ServeConfig config, Metrics metrics) {
        String name = folder.toAbsolutePath().normalize().getFileName().toString()
                .replaceAll("[^\\p{Alnum}._-]", "-");
        if (!Setup.isRun(folder)) {
            var model = opened(folder, device, config);
            return of(name, model, model::close, config, metrics);
        }
        var job = Runs.open(folder); // its own predictor: Predictor.open hides what kind it is
        try {
            job.trainer().task().model().to(device);
            job.trainer().task().model().eval();
            var model = job.predictor();
            config.quantize().round(name, model);
            return of(name, model, job::close, config, metrics);
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    private static Predictor<?, ?> opened(Path folder, Device device, ServeConfig config) {
        boolean divided = TextGenerator.reads(folder) || Files.isRegularFile(folder); // others go beside it as a whole
        return config.stages().isEmpty() || !divided ? Predictor.open(folder, device, config.quantize())
                : new Placement(config.stages(), config.stagesToken(), config.quantize(),
                        Duration.ofSeconds(config.timeout())).open(folder, device);
    }

    private static Served<?> of(String name, Predictor<?, ?> model, Runnable close, ServeConfig config,
            Metrics metrics) {
        try {
            return of(name, model, Inputs.of(model), close, config, metrics);
        } catch (RuntimeException e) {
            close.run();
            throw e;
        }
    }

    @SuppressWarnings("unchecked") // inputs are those of the model
    private static <I> Served<I> of(String name, Predictor<?, ?> model, Inputs<I> inputs, Runnable close,
            ServeConfig config, Metrics metrics) {
        if (model instanceof TextGenerator writer) {
            var engine = new TextEngine(name, writer, config, metrics);
            return new Served<>(name, writer.converses() ? "chat" : "completion", model, inputs,
                    config.queue(), asked(writer, engine, ""), engine, "", () -> {
                        engine.close();
                        close.run();
                    });
        }
        var typed = (Predictor<I, Object>) model;
        Function<List<I>, List<Object>> answers = inputs.kind().equals("row")
                ? rows -> table((Predictor<Frame, Frame>) model, (List<Frame>) rows) : typed::predict;
        var batcher = new Batcher<>(name, answers, config, metrics);
        return new Served<>(name, model instanceof TextEmbedder ? "embedding" : inputs.kind(), model, inputs,
                config.queue(), batcher::ask, null, "", () -> {
                    batcher.close();
                    close.run();
                });
    }

    private static <I> Function<List<I>, List<Object>> asked(TextGenerator writer, TextEngine engine, String adapter) {
        Generation options = writer.settings().beams(1);
        return prompts -> List.copyOf(engine.writeAll(prompts.stream().map(prompt -> prompt(writer, (String) prompt))
                .toList(), options, adapter));
    }

    /** The same model with each of its adapters. */
    List<Served<?>> adapted() {
        if (engine == null) return List.of();
        return engine.adapters().stream().<Served<?>>map(own -> new Served<>(name + ":" + own, kind, model, inputs,
                most, asked((TextGenerator) model, engine, own), engine, own, () -> { })).toList();
    }

    /** The tokens of a prompt that the model can go on with. */
    static long[] prompt(TextGenerator writer, String text) {
        expectFitting(writer, text.length());
        return fitting(writer, writer.encode(text));
    }

    /** Refuses texts of so many characters that they cannot be few enough tokens, before these are looked for. */
    static void expectFitting(TextGenerator writer, long characters) {
        long most = Math.min(Inputs.CHARACTERS, (long) MOST_IN_TOKEN * writer.context());
        if (characters <= most) return;
        throw new Refusal(400, "context_length_exceeded", "prompt: expected at most " + most + " characters, as the"
                + " model's context is " + writer.context() + " tokens. Received " + characters + "; shorten it.");
    }

    static long[] fitting(TextGenerator writer, long[] ids) {
        if (ids.length == 0) throw Refusal.wrong("prompt", "a text of at least one token", "an empty one");
        if (ids.length <= writer.context()) return ids;
        throw new Refusal(400, "context_length_exceeded", "prompt: expected at most " + writer.context()
                + " tokens, the model's context. Received " + ids.length + "; shorten it.");
    }

    /** The columns that the model adds to rows, which are asked about together. */
    private static List<Object> table(Predictor<Frame, Frame> model, List<Frame> rows) {
        var all = joined(rows);
        var answer = model.predict(all);
        var names = answer.names().stream().filter(name -> !all.has(name)).toList();
        return IntStream.range(0, rows.size()).<Object>mapToObj(row -> {
            var values = new LinkedHashMap<String, Object>();
            names.forEach(name -> values.put(name, answer.column(name).value(row)));
            return values;
        }).toList();
    }

    private static Frame joined(List<Frame> rows) {
        var columns = new ArrayList<Column>();
        for (String name : rows.getFirst().names()) {
            columns.add(joined(name, rows.stream().map(row -> row.column(name)).toList()));
        }
        return Frame.of(columns);
    }

    /** Columns of a row each. */
    private static Column joined(String name, List<Column> rows) {
        return switch (rows.getFirst()) {
            case Column.Numbers _, Column.Integers _ -> new Column.Numbers(name, rows.stream()
                    .mapToDouble(row -> row.number(0)).toArray());
            case Column.Texts _ -> new Column.Texts(name, rows.stream().map(row -> row.text(0))
                    .toArray(String[]::new));
            case Column.Dates _ -> new Column.Dates(name, rows.stream()
                    .mapToLong(row -> ((Column.Dates) row).micros()[0]).toArray());
            case Column.Lists _ -> new Column.Lists(name, rows.stream()
                    .map(row -> ((Column.Lists) row).values()[0]).toArray(String[][]::new));
            case Column.Booleans _ -> {
                var values = new byte[rows.size()];
                for (int i = 0; i < values.length; i++) values[i] = ((Column.Booleans) rows.get(i)).values()[0];
                yield new Column.Booleans(name, values);
            }
        };
    }

    /** The answers to inputs in JSON. */
    List<Object> answers(List<JsonNode> given) {
        Refusal.tooMany(name, given.size(), most); // before they are read, for what is read is larger
        return asked.apply(inputs.read(given)).stream().map(Served::written).toList();
    }

    /** An answer that JSON can hold: sound is a WAV file in base64. */
    static Object written(Object answer) {
        if (!(answer instanceof Audio sound)) return answer;
        try {
            Path file = Files.createTempFile("answer", ".wav");
            try {
                sound.write(file);
                return Map.of("wav", Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answers to inputs in JSON, of each the most probable ones. */
    List<Object> answers(List<JsonNode> given, int top) {
        return answers(given).stream().map(answer -> top > 0 ? Ranked.top(answer, top) : answer).toList();
    }

    @Override public void close() { closing.run(); }

    /** What is said of it in lists. */
    Map<String, Object> description() {
        return Map.of("id", name, "object", "model", "created", 0, "owned_by", "merapi", "kind", kind);
    }
}

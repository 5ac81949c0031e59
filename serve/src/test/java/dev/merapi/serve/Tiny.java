package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.recipe.Recipes;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Models of a second, and requests to a server. */
final class Tiny {
    static final String TEMPLATE = "{% if tools %}tools: {{ tools | tojson }}\n{% endif %}{% for m in"
            + " messages %}{{ m.role }}: {{ m.content }}{% if m.tool_calls %}"
            + "{{ m.tool_calls[0].function.arguments.city }}{% endif %}\n{% endfor %}";
    static final List<String> TEXTS = List.of("Ann lives in Rome and it rains today", "the cat sat on the mat",
            "user: assistant: system: hello world how are you", "0123456789 ABC xyz!?");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Tiny() {}

    /** A GPT-2 of random weights, which converses. */
    static Path gpt(Path folder) { return gpt(folder, 4096, 1, 2, 16); }

    static Path gpt(Path folder, int context, int layers, int heads, int width) {
        Torch.seed(7);
        try (var tokenizer = BpeTrainer.of(300).train(TEXTS.stream());
                var gpt = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), context, layers, heads, width, 0))) {
            gpt.save(folder);
            tokenizer.save(folder);
            Files.writeString(folder.resolve("chat_template.jinja"), TEMPLATE);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentence encoder of random weights. */
    static Path encoder(Path folder) {
        return bert(folder, List.of("a", "b"), config -> {
            try (var bert = new Bert(config)) {
                new SentenceEncoder(bert, SentenceEncoder.Pooling.MEAN, true).save(folder);
            }
        });
    }

    /** A tagger of random weights, which takes words for persons or places. */
    static Path tagger(Path folder) {
        return bert(folder, List.of("B-PER", "B-LOC"), config -> {
            try (var model = new TokenClassifier(config)) {
                model.save(folder);
            }
        });
    }

    /** A classifier of texts, of random weights. */
    static Path classifier(Path folder) {
        return bert(folder, List.of("good", "bad", "neither"), config -> {
            try (var model = new SequenceClassifier(config)) {
                model.save(folder);
            }
        });
    }

    /** A reader, of random weights, which answers questions by a part of a text. */
    static Path reader(Path folder) {
        return bert(folder, List.of("a", "b"), config -> {
            try (var model = new SpanExtractor(config)) {
                model.save(folder);
            }
        });
    }

    private static Path bert(Path folder, List<String> labels, Consumer<BertConfig> saving) {
        Torch.seed(7);
        var names = IntStream.range(0, labels.size()).boxed().collect(Collectors.toMap(i -> i, labels::get));
        try (var tokenizer = WordPieceTrainer.of(120).minFrequency(1).train(TEXTS.stream())) {
            saving.accept(new BertConfig("bert", List.of(), tokenizer.vocabSize(), 32, 2, 2, 64, "gelu", 0, 0, 32, 2,
                    0.1, 1e-12, 0, 0.0, "absolute", names));
            tokenizer.save(folder);
            return folder;
        }
    }

    /** Survival by sex and age. */
    static Path table(Path folder) throws IOException {
        var lines = new ArrayList<>(List.of("age,sex,survived"));
        for (int i = 0; i < 60; i++) lines.add(i + "," + (i % 2 == 0 ? "f" : "m") + "," + (i % 2 == 0 ? "yes" : "no"));
        Files.createDirectories(folder);
        var data = Files.write(folder.resolveSibling("passengers.csv"), lines);
        return train(folder, "table", "data=" + data, "target=survived", "epochs=1", "batch_size=16");
    }

    static Path train(Path folder, String recipe, String... settings) {
        try (var job = Recipes.named(recipe).job(settings)) {
            job.fit(folder);
        }
        return folder;
    }

    /** An answer: its status, headers and body. */
    record Answer(int status, HttpResponse<?> response, String text) {
        JsonNode json() {
            try {
                return Inputs.JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError(text, e);
            }
        }

        /** In either form of errors. */
        String error() {
            var error = json().path("error");
            return error.isTextual() ? error.textValue() : error.path("message").textValue();
        }
    }

    static Answer get(InferenceServer server, String path, String... headers) {
        return send(request(server, path, headers).GET().build());
    }

    static Answer post(InferenceServer server, String path, Object body, String... headers) {
        try {
            byte[] bytes = body instanceof byte[] raw ? raw : body instanceof String text
                    ? text.getBytes(StandardCharsets.UTF_8) : Inputs.JSON.writeValueAsBytes(body);
            return send(request(server, path, headers).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)).build());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static HttpRequest.Builder request(InferenceServer server, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Of a text that comes in pieces: nanoseconds until the first, and the text. */
    record Streamed(long first, String text) {}

    static Streamed stream(InferenceServer server, Map<String, Object> body) {
        var all = new HashMap<>(body);
        all.put("stream", true);
        long start = System.nanoTime(), first = 0;
        var text = new StringBuilder();
        try {
            var request = request(server, "/v1/completions").header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(Inputs.JSON.writeValueAsBytes(all))).build();
            var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofLines());
            for (String line : (Iterable<String>) response.body()::iterator) {
                if (!line.startsWith("data: {")) continue;
                if (first == 0) first = System.nanoTime() - start;
                text.append(Inputs.JSON.readTree(line.substring(6)).at("/choices/0/text").asText());
            }
            return new Streamed(first, text.toString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Answer send(HttpRequest request) {
        try {
            var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response, response.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A tensor of KServe's. */
    static Map<String, Object> tensor(String name, String type, List<?> data) {
        return Map.of("name", name, "datatype", type, "shape", List.of(data.size()), "data", data);
    }
}

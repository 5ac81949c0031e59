package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.generate.Message;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** OpenAI's interface: texts and conversations that are gone on with, vectors of texts. */
final class OpenAi {
    private static final int PULSE = 5; // seconds

    private final Models models;
    private final ServeConfig config;
    private final Metrics metrics;

    OpenAi(Models models, ServeConfig config, Metrics metrics) {
        this.models = models;
        this.config = config;
        this.metrics = metrics;
    }

    void chat(Exchange exchange) {
        var body = exchange.json();
        var served = model(body);
        var writer = writer(served);
        if (!writer.converses()) {
            throw new Refusal(400, null, served.name() + " has no chat template; ask it by /v1/completions.");
        }
        var tools = OpenAiTools.of(body);
        var options = OpenAiOptions.of(body, writer, true, tools.forced());
        var messages = messages(body.path("messages"));
        Served.expectFitting(writer, body.path("messages").toString().length()
                + body.path("tools").toString().length());
        long[] prompt = Served.fitting(writer, writer.prompt(messages, tools.forTemplate()));
        write(exchange, served, List.of(prompt), options, tools);
    }

    void completions(Exchange exchange) {
        var body = exchange.json();
        var served = model(body);
        var writer = writer(served);
        var options = OpenAiOptions.of(body, writer, false, null);
        var texts = texts(body.path("prompt"), "prompt");
        Refusal.tooMany(served.name(), (long) texts.size() * options.n(), config.queue());
        var prompts = texts.stream().map(text -> Served.prompt(writer, text)).toList();
        write(exchange, served, prompts, options, null);
    }

    void embeddings(Exchange exchange) {
        var body = exchange.json();
        var served = model(body);
        if (!(served.model() instanceof TextEmbedder embedder)) {
            throw new Refusal(400, null, served.name() + " gives no vectors of texts: it is for " + served.kind()
                    + "; take a sentence encoder.");
        }
        if (body.hasNonNull("dimensions")) {
            throw new Refusal(400, "unsupported_parameter", "dimensions: this server does not have it; leave it out.");
        }
        String format = body.path("encoding_format").asText("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw Refusal.wrong("encoding_format", "float or base64", format);
        }
        JsonNode input = body.path("input");
        var texts = texts(input, "input");
        var vectors = served.answers(list(input));
        int tokens = embedder.encode(texts).stream().mapToInt(ids -> ids.length).sum();
        var data = IntStream.range(0, vectors.size()).mapToObj(i -> Map.of("object", "embedding", "index", i,
                "embedding", encoded((float[]) vectors.get(i), format))).toList();
        exchange.send(Map.of("object", "list", "model", served.name(), "data", data,
                "usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens)));
    }

    /** Documents by how near they are to a query, for which a sentence encoder is asked. */
    void rerank(Exchange exchange) {
        var body = exchange.json();
        var served = model(body);
        if (!(served.model() instanceof TextEmbedder embedder)) {
            throw new Refusal(400, null, served.name() + " does not rank texts: it is for " + served.kind()
                    + "; take a sentence encoder.");
        }
        var query = texts(body.path("query"), "query");
        if (query.size() > 1) throw Refusal.wrong("query", "one text", query.size());
        var documents = texts(body.path("documents"), "documents");
        int top = Fields.count(body, "top_n", documents.size(), 1);
        var asked = Inputs.JSON.createArrayNode().add(query.getFirst());
        documents.forEach(asked::add);
        var vectors = served.answers(list(asked)).stream().map(vector -> (float[]) vector).toList();
        boolean shown = Fields.flag(body, "return_documents");
        var results = IntStream.range(0, documents.size()).boxed()
                .sorted(Comparator.comparingDouble(i -> -cosine(vectors.getFirst(), vectors.get(i + 1)))).limit(top)
                .map(i -> {
                    var result = new LinkedHashMap<String, Object>(Map.of("index", i, "relevance_score",
                            cosine(vectors.getFirst(), vectors.get(i + 1))));
                    if (shown) result.put("document", Map.of("text", documents.get(i)));
                    return result;
                }).toList();
        var all = new ArrayList<>(query);
        all.addAll(documents);
        int tokens = embedder.encode(all).stream().mapToInt(ids -> ids.length).sum();
        exchange.send(Map.of("object", "list", "model", served.name(), "results", results,
                "usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens)));
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            first += a[i] * a[i];
            second += b[i] * b[i];
        }
        return product / Math.max(1e-12, Math.sqrt(first * second));
    }

    private static Object encoded(float[] vector, String format) {
        if (format.equals("float")) return vector;
        var bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) bytes.putFloat(value);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private Served<?> model(JsonNode body) {
        if (body.path("model").isTextual()) return models.named(body.get("model").textValue());
        throw Refusal.wrong("model", "the name of one of " + models.names(), Inputs.brief(body.path("model")));
    }

    private static TextGenerator writer(Served<?> served) {
        if (served.engine() != null) return (TextGenerator) served.model();
        throw new Refusal(400, null, served.name() + " does not go on with texts: it is for " + served.kind()
                + "; ask it by /v2/models/" + served.name() + "/predict.");
    }

    private static List<JsonNode> list(JsonNode one) {
        var all = new ArrayList<JsonNode>();
        if (one.isArray()) one.forEach(all::add);
        else all.add(one);
        return all;
    }

    /** A text or several. */
    private static List<String> texts(JsonNode given, String name) {
        var texts = new ArrayList<String>();
        for (JsonNode text : list(given)) {
            if (!text.isTextual()) throw Refusal.wrong(name, "a text or a list of texts", Inputs.brief(given));
            texts.add(Inputs.bounded(name, text.textValue()));
        }
        if (texts.isEmpty()) throw Refusal.wrong(name, "at least one text", "none");
        return texts;
    }

    private static List<Message> messages(JsonNode given) {
        if (!given.isArray() || given.isEmpty()) {
            throw Refusal.wrong("messages", "a list of messages, each {\"role\", \"content\"}", Inputs.brief(given));
        }
        var messages = new ArrayList<Message>();
        for (JsonNode message : given) {
            var calls = OpenAiTools.calls(Fields.list(message, "tool_calls"));
            boolean silent = !calls.isEmpty() && !message.hasNonNull("content");
            String content = silent ? "" : content(message.path("content"));
            messages.add(switch (message.path("role").asText()) {
                case "system", "developer" -> Message.system(content);
                case "user" -> Message.user(content);
                case "assistant" -> calls.isEmpty() ? Message.assistant(content)
                        : new Message("assistant", content, Map.of("tool_calls", calls));
                case "tool" -> new Message("tool", content, Map.of("tool_call_id", message.path("tool_call_id")
                        .asText(), "name", message.path("name").asText()));
                default -> throw Refusal.wrong("messages", "the roles system, user, assistant and tool",
                        Inputs.brief(message.path("role")));
            });
        }
        return messages;
    }

    /** A text, or a list of parts that are texts. */
    private static String content(JsonNode content) {
        if (content.isTextual()) return content.textValue();
        var all = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw Refusal.wrong("messages", "content that is text", Inputs.brief(part));
            }
            all.append(part.get("text").textValue());
        }
        if (content.isArray()) return all.toString();
        throw Refusal.wrong("messages", "content that is text", Inputs.brief(content));
    }

    /** Meanwhile it looks whether the client is still there. */
    private static TextEngine.Event next(TextEngine.Request request, Exchange exchange) {
        while (true) {
            var event = request.next(PULSE);
            if (event != null) return event;
            exchange.pulse();
        }
    }

    /** @param tools of a conversation; null where it is none */
    private void write(Exchange exchange, Served<?> served, List<long[]> prompts, OpenAiOptions options,
            OpenAiTools tools) {
        var writer = (TextGenerator) served.model();
        var inputs = new ArrayList<long[]>();
        var writings = new ArrayList<TextEngine.Wish>();
        for (long[] prompt : prompts) {
            for (int i = 0; i < options.n(); i++) {
                inputs.add(prompt);
                writings.add(options.of(prompt.length, i, writer, config));
            }
        }
        var answer = new OpenAiAnswer(served.name(), tools, inputs.size(),
                prompts.stream().mapToInt(prompt -> prompt.length).sum(), writer, options.likeliest());
        long start = System.nanoTime();
        try (var request = served.engine().write(inputs, writings, served.adapter())) {
            for (int left = inputs.size(), pieces = 0; left > 0;) {
                var event = options.stream() ? next(request, exchange) : request.next();
                if (event.piece() == null) left--;
                else if (pieces++ == 0) metrics.firstToken(served.name(), (System.nanoTime() - start) / 1e9);
                if (options.stream()) answer.stream(event, exchange);
                else answer.take(event);
            }
        }
        if (!options.stream()) {
            exchange.send(answer.whole());
            return;
        }
        if (options.usage()) exchange.event(answer.usage(List.of()));
        exchange.event("[DONE]");
        exchange.endEvents();
    }
}

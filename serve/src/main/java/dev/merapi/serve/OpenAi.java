package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Message;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** OpenAI's interface: texts and conversations that are gone on with, vectors of texts. */
final class OpenAi {
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
        var options = OpenAiOptions.of(body, writer);
        long[] prompt = Served.fitting(writer, writer.prompt(messages(body.path("messages"))));
        write(exchange, served, List.of(prompt), options, true);
    }

    void completions(Exchange exchange) {
        var body = exchange.json();
        var served = model(body);
        var writer = writer(served);
        var options = OpenAiOptions.of(body, writer);
        var prompts = texts(body.path("prompt"), "prompt").stream().map(text -> Served.prompt(writer, text)).toList();
        write(exchange, served, prompts, options, false);
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
            texts.add(text.textValue());
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
            String content = content(message.path("content"));
            messages.add(switch (message.path("role").asText()) {
                case "system", "developer" -> Message.system(content);
                case "user" -> Message.user(content);
                case "assistant" -> Message.assistant(content);
                default -> throw Refusal.wrong("messages", "the roles system, user and assistant",
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

    private void write(Exchange exchange, Served<?> served, List<long[]> prompts, OpenAiOptions options,
            boolean chat) {
        var writer = (TextGenerator) served.model();
        var inputs = new ArrayList<long[]>();
        var writings = new ArrayList<Generation>();
        for (long[] prompt : prompts) {
            for (int i = 0; i < options.n(); i++) {
                inputs.add(prompt);
                writings.add(options.of(prompt.length, i, writer, config));
            }
        }
        var answer = new Answer(served.name(), chat, inputs.size(),
                prompts.stream().mapToInt(prompt -> prompt.length).sum());
        long start = System.nanoTime();
        try (var request = served.engine().write(inputs, writings)) {
            for (int left = inputs.size(), pieces = 0; left > 0;) {
                var event = request.next();
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

    /** The answer to a request, whole or in pieces. */
    private static final class Answer {
        private final String id;
        private final String model;
        private final boolean chat;
        private final long created = System.currentTimeMillis() / 1000;
        private final int promptTokens;
        private final StringBuilder[] texts;
        private final String[] reasons; // why each ended
        private final boolean[] begun; // whose role was said
        private int tokens;

        Answer(String model, boolean chat, int texts, int promptTokens) {
            this.model = model;
            this.chat = chat;
            this.promptTokens = promptTokens;
            id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
            this.texts = Stream.generate(StringBuilder::new).limit(texts).toArray(StringBuilder[]::new);
            reasons = new String[texts];
            begun = new boolean[texts];
        }

        void take(TextEngine.Event event) {
            if (event.piece() != null) texts[event.index()].append(event.piece());
            else end(event);
        }

        private void end(TextEngine.Event event) {
            reasons[event.index()] = event.cut() ? "length" : "stop";
            tokens += event.tokens();
        }

        void stream(TextEngine.Event event, Exchange exchange) {
            if (event.piece() == null) end(event);
            var choice = choice(event.index());
            if (chat) {
                var delta = new LinkedHashMap<String, Object>();
                if (!begun[event.index()]) delta.put("role", "assistant");
                if (event.piece() != null) delta.put("content", event.piece());
                choice.put("delta", delta);
            } else {
                choice.put("text", event.piece() == null ? "" : event.piece());
            }
            begun[event.index()] = true;
            exchange.event(body(chat ? "chat.completion.chunk" : "text_completion", List.of(choice)));
        }

        private Map<String, Object> choice(int index) {
            var choice = new LinkedHashMap<String, Object>();
            choice.put("index", index);
            choice.put("logprobs", null);
            choice.put("finish_reason", reasons[index]);
            return choice;
        }

        Map<String, Object> whole() {
            return usage(IntStream.range(0, texts.length).<Object>mapToObj(i -> {
                var choice = choice(i);
                String text = texts[i].toString();
                if (chat) choice.put("message", Map.of("role", "assistant", "content", text));
                else choice.put("text", text);
                return choice;
            }).toList());
        }

        Map<String, Object> usage(List<Object> choices) {
            boolean part = choices.isEmpty();
            var body = body(!chat ? "text_completion" : part ? "chat.completion.chunk" : "chat.completion", choices);
            body.put("usage", Map.of("prompt_tokens", promptTokens, "completion_tokens", tokens, "total_tokens",
                    promptTokens + tokens));
            return body;
        }

        private Map<String, Object> body(String object, List<?> choices) {
            var body = new LinkedHashMap<String, Object>();
            body.put("id", id);
            body.put("object", object);
            body.put("created", created);
            body.put("model", model);
            body.put("choices", choices);
            return body;
        }
    }
}

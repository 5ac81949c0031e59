package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.constrain.JsonSchema;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.LogitsProcessor;
import dev.merapi.text.pipeline.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a request of OpenAI's interface asks of the writing. What is not done here is refused, so that nobody gets
 * something else than was asked for.
 *
 * @param writing without a limit of tokens
 * @param maxTokens asked for; 0 for the model's own
 * @param n texts for each prompt
 * @param stream whether they are sent as they are written
 * @param usage whether a stream ends with what was used
 * @param likeliest how many of the likeliest tokens are told beside each; -1 to tell of none
 * @param rules that texts keep to
 */
record OpenAiOptions(Generation writing, int maxTokens, int n, boolean stream, boolean usage, int likeliest,
        LogitsProcessor.Bounded rules) {
    private static final int MOST_TEXTS = 128, MOST_STOPS = 4, MOST_LIKELIEST = 20, MOST_LOGPROBS = 5; // OpenAI's

    /**
     * @param chat whether it is of a conversation, whose names differ
     * @param schema of JSON that the answer has to be, whatever the request says; null for none
     */
    static OpenAiOptions of(JsonNode body, TextGenerator model, boolean chat, JsonNode schema) {
        refuseOthers(body);
        var base = model.settings().beams(1);
        double temperature = Fields.number(body, "temperature", base.temperature(), 0, 2);
        long seed = Fields.whole(body, "seed", temperature > 0 ? ThreadLocalRandom.current().nextLong() : base.seed(),
                Long.MIN_VALUE);
        var writing = base.temperature(temperature).seed(seed)
                .topP(Fields.number(body, "top_p", base.topP(), 0, 1))
                .topK(Fields.count(body, "top_k", base.topK(), 0))
                .minP(Fields.number(body, "min_p", base.minP(), 0, 1))
                .presencePenalty(Fields.number(body, "presence_penalty", base.presencePenalty(), -2, 2))
                .frequencyPenalty(Fields.number(body, "frequency_penalty", base.frequencyPenalty(), -2, 2))
                .stop(stops(body, base).toArray(String[]::new));
        long most = Fields.whole(body, "max_completion_tokens", Fields.whole(body, "max_tokens", 0, 1), 1);
        long n = Fields.whole(body, "n", 1, 1);
        if (n > MOST_TEXTS) throw Refusal.wrong("n", "1 to " + MOST_TEXTS, n);
        var rules = rules(body, model, schema);
        boolean free = rules == LogitsProcessor.Bounded.NONE;
        return new OpenAiOptions(free ? writing : writing.noRepeatNgram(0), (int) Math.min(most, Integer.MAX_VALUE),
                (int) n, Fields.flag(body, "stream"),
                Fields.flag(Fields.object(body, "stream_options"), "include_usage"), likeliest(body, chat), rules);
    }

    private static int likeliest(JsonNode body, boolean chat) {
        long most = chat ? MOST_LIKELIEST : MOST_LOGPROBS;
        long count = chat ? Fields.whole(body, "top_logprobs", 0, 0) : Fields.whole(body, "logprobs", -1, 0);
        if (count > most) throw Refusal.wrong(chat ? "top_logprobs" : "logprobs", "0 to " + most, count);
        if (!chat) return (int) count;
        if (Fields.flag(body, "logprobs")) return (int) count;
        if (count > 0) throw Refusal.wrong("top_logprobs", "logprobs: true beside it", "none");
        return -1;
    }

    /** What {@code response_format} says: a JSON object, or JSON of a schema. */
    private static LogitsProcessor.Bounded rules(JsonNode body, TextGenerator model, JsonNode schema) {
        if (schema != null) return model.constraint(JsonSchema.of(schema));
        JsonNode format = Fields.object(body, "response_format");
        return switch (format.path("type").asText("text")) {
            case "text" -> LogitsProcessor.Bounded.NONE;
            case "json_object" -> model.constraint(JsonSchema.anyJsonObject());
            case "json_schema" -> {
                JsonNode given = Fields.object(format, "json_schema").path("schema");
                if (!given.isObject()) {
                    throw Refusal.wrong("response_format.json_schema.schema", "a JSON schema", Inputs.brief(given));
                }
                yield model.constraint(JsonSchema.of(given));
            }
            default -> throw Refusal.wrong("response_format.type", "text, json_object or json_schema",
                    Inputs.brief(format.path("type")));
        };
    }

    /** For a prompt of so many tokens and one of the n texts, which have seeds of their own. */
    TextEngine.Wish of(int prompt, int text, TextGenerator model, ServeConfig config) {
        int room = model.context() - prompt + 1; // the last token is not read
        if (maxTokens > room) {
            throw new Refusal(400, "context_length_exceeded", "max_tokens: expected at most " + room + ", as the"
                    + " model's context is " + model.context() + " tokens and the prompt has " + prompt + ". Received "
                    + maxTokens + ".");
        }
        if (maxTokens > config.maxTokens()) {
            throw Refusal.wrong("max_tokens", "at most " + config.maxTokens() + ", this server's limit", maxTokens);
        }
        int most = maxTokens > 0 ? maxTokens : Math.min(Math.min(model.settings().maxTokens(), config.maxTokens()),
                room);
        return new TextEngine.Wish(writing.maxTokens(most).seed(writing.seed() + text), rules, likeliest);
    }

    private static void refuseOthers(JsonNode body) {
        for (String name : List.of("functions", "logit_bias", "echo", "suffix", "prediction", "audio")) {
            JsonNode value = body.path(name);
            boolean nothing = value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()
                    || value.isBoolean() && !value.booleanValue() || value.isNumber() && value.asDouble() == 0;
            if (!nothing) throw unsupported(name);
        }
        if (Fields.whole(body, "best_of", 1, 1) > Fields.whole(body, "n", 1, 1)) throw unsupported("best_of");
    }

    private static Refusal unsupported(String name) {
        return new Refusal(400, "unsupported_parameter", name + ": this server does not have it; leave it out.");
    }

    private static List<String> stops(JsonNode body, Generation base) {
        JsonNode stop = body.path("stop");
        if (stop.isMissingNode() || stop.isNull()) return base.stop();
        var texts = new ArrayList<String>();
        for (JsonNode one : stop.isArray() ? stop : Inputs.JSON.createArrayNode().add(stop)) {
            if (!one.isTextual() || one.textValue().isEmpty()) {
                throw Refusal.wrong("stop", "texts of at least one character", Inputs.brief(one));
            }
            texts.add(one.textValue());
        }
        if (texts.size() > MOST_STOPS) throw Refusal.wrong("stop", "at most " + MOST_STOPS + " texts", texts.size());
        return texts;
    }
}

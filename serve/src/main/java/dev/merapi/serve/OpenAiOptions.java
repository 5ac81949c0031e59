package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.generate.Generation;
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
 */
record OpenAiOptions(Generation writing, int maxTokens, int n, boolean stream, boolean usage) {
    private static final int MOST_TEXTS = 128, MOST_STOPS = 4; // OpenAI's

    static OpenAiOptions of(JsonNode body, TextGenerator model) {
        refuseOthers(body);
        var base = model.settings().beams(1);
        double temperature = number(body, "temperature", base.temperature(), 0, 2);
        long seed = whole(body, "seed", temperature > 0 ? ThreadLocalRandom.current().nextLong() : base.seed(),
                Long.MIN_VALUE);
        var writing = base.temperature(temperature).seed(seed)
                .topP(number(body, "top_p", base.topP(), 0, 1))
                .topK((int) whole(body, "top_k", base.topK(), 0))
                .minP(number(body, "min_p", base.minP(), 0, 1))
                .presencePenalty(number(body, "presence_penalty", base.presencePenalty(), -2, 2))
                .frequencyPenalty(number(body, "frequency_penalty", base.frequencyPenalty(), -2, 2))
                .stop(stops(body, base).toArray(String[]::new));
        long most = whole(body, "max_completion_tokens", whole(body, "max_tokens", 0, 1), 1);
        long n = whole(body, "n", 1, 1);
        if (n > MOST_TEXTS) throw Refusal.wrong("n", "1 to " + MOST_TEXTS, n);
        return new OpenAiOptions(writing, (int) Math.min(most, Integer.MAX_VALUE), (int) n, flag(body, "stream"),
                flag(body.path("stream_options"), "include_usage"));
    }

    /** For a prompt of so many tokens and one of the n texts, which have seeds of their own. */
    Generation of(int prompt, int text, TextGenerator model, ServeConfig config) {
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
        return writing.maxTokens(most).seed(writing.seed() + text);
    }

    private static void refuseOthers(JsonNode body) {
        for (String name : List.of("tools", "functions", "logprobs", "top_logprobs", "logit_bias", "echo", "suffix",
                "prediction", "audio")) {
            JsonNode value = body.path(name);
            boolean nothing = value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()
                    || value.isBoolean() && !value.booleanValue() || value.isNumber() && value.asDouble() == 0;
            if (!nothing) throw unsupported(name);
        }
        String format = body.path("response_format").path("type").asText("text");
        if (!format.equals("text")) throw unsupported("response_format");
        if (body.path("best_of").asInt(1) > body.path("n").asInt(1)) throw unsupported("best_of");
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

    private static double number(JsonNode body, String name, double usual, double least, double most) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) return usual;
        if (value.isNumber() && value.asDouble() >= least && value.asDouble() <= most) return value.asDouble();
        throw Refusal.wrong(name, "a number from " + least + " to " + most, Inputs.brief(value));
    }

    private static long whole(JsonNode body, String name, long usual, long least) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) return usual;
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least) {
            return value.longValue();
        }
        throw Refusal.wrong(name, "a whole number" + (least == Long.MIN_VALUE ? "" : " from " + least),
                Inputs.brief(value));
    }

    private static boolean flag(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) return false;
        if (value.isBoolean()) return value.booleanValue();
        throw Refusal.wrong(name, "true or false", Inputs.brief(value));
    }
}

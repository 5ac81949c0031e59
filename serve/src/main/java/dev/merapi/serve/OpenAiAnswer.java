package dev.merapi.serve;

import dev.merapi.text.generate.ContinuousBatch.Chosen;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The answer to a request of OpenAI's interface, whole or in pieces. */
final class OpenAiAnswer {
    private final String id;
    private final String model;
    private final OpenAiTools tools; // of a conversation; null where it is none
    private final TextGenerator writer;
    private final int likeliest; // -1 where tokens are not told of
    private final long created = System.currentTimeMillis() / 1000;
    private final int promptTokens;
    private final StringBuilder[] texts;
    private final List<List<Chosen>> chosen;
    private final String[] reasons; // why each ended
    private final boolean[] begun; // whose role was said
    private final int[] lengths; // characters of the tokens that were told of
    private int tokens;

    OpenAiAnswer(String model, OpenAiTools tools, int texts, int promptTokens, TextGenerator writer, int likeliest) {
        this.model = model;
        this.tools = tools;
        this.writer = writer;
        this.likeliest = likeliest;
        this.promptTokens = promptTokens;
        id = (tools != null ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
        this.texts = Stream.generate(StringBuilder::new).limit(texts).toArray(StringBuilder[]::new);
        chosen = Stream.<List<Chosen>>generate(ArrayList::new).limit(texts).toList();
        reasons = new String[texts];
        begun = new boolean[texts];
        lengths = new int[texts];
    }

    void take(TextEngine.Event event) {
        if (likeliest >= 0) chosen.get(event.index()).addAll(event.chosen());
        if (event.piece() != null) texts[event.index()].append(event.piece());
        else end(event);
    }

    private void end(TextEngine.Event event) {
        reasons[event.index()] = event.cut() ? "length" : "stop";
        tokens += event.tokens();
    }

    /** Sends a piece; where a tool may be called, all at the end, for before one cannot know what it is. */
    void stream(TextEngine.Event event, Exchange exchange) {
        int index = event.index();
        boolean held = tools != null && !tools.isEmpty();
        if (held || event.piece() == null) take(event);
        if (held && event.piece() != null) return;
        var told = held ? chosen.get(index) : event.chosen();
        var calls = held ? tools.called(texts[index].toString()) : List.<Map<String, Object>>of();
        if (!calls.isEmpty()) reasons[index] = "tool_calls";
        var choice = choice(index, told);
        if (tools != null) {
            var delta = new LinkedHashMap<String, Object>();
            if (!begun[index]) delta.put("role", "assistant");
            String content = held ? texts[index].toString() : event.piece();
            if (!calls.isEmpty()) delta.put("tool_calls", numbered(calls));
            else if (content != null) delta.put("content", content);
            choice.put("delta", delta);
        } else {
            choice.put("text", event.piece() == null ? "" : event.piece());
        }
        begun[index] = true;
        exchange.event(body(tools != null ? "chat.completion.chunk" : "text_completion", List.of(choice)));
    }

    private static List<Map<String, Object>> numbered(List<Map<String, Object>> calls) {
        return IntStream.range(0, calls.size()).mapToObj(i -> {
            Map<String, Object> call = new LinkedHashMap<>(calls.get(i));
            call.put("index", i);
            return call;
        }).toList();
    }

    private Map<String, Object> choice(int index, List<Chosen> told) {
        var choice = new LinkedHashMap<String, Object>();
        choice.put("index", index);
        choice.put("logprobs", likeliest < 0 ? null : tools != null ? Map.of("content",
                told.stream().map(this::token).toList()) : columns(index, told));
        choice.put("finish_reason", reasons[index]);
        return choice;
    }

    /** As conversations have it. */
    private Map<String, Object> token(Chosen one) {
        var token = new LinkedHashMap<String, Object>();
        token.put("token", text(one));
        token.put("logprob", one.logProbability());
        var bytes = new ArrayList<Integer>();
        for (byte octet : writer.bytes(one.id())) bytes.add(octet & 0xFF);
        token.put("bytes", bytes);
        token.put("top_logprobs", one.likeliest().stream().map(this::token).toList());
        return token;
    }

    private String text(Chosen one) { return new String(writer.bytes(one.id()), StandardCharsets.UTF_8); }

    /** As texts have it: a list of each part. Offsets go on from piece to piece. */
    private Map<String, Object> columns(int index, List<Chosen> told) {
        var offsets = new ArrayList<Integer>();
        for (var one : told) {
            offsets.add(lengths[index]);
            lengths[index] += text(one).length();
        }
        return Map.of("tokens", told.stream().map(this::text).toList(),
                "token_logprobs", told.stream().map(Chosen::logProbability).toList(),
                "top_logprobs", told.stream().map(one -> {
                    var top = new LinkedHashMap<String, Object>();
                    one.likeliest().forEach(other -> top.putIfAbsent(text(other), other.logProbability()));
                    return top;
                }).toList(), "text_offset", offsets);
    }

    Map<String, Object> whole() {
        return usage(IntStream.range(0, texts.length).<Object>mapToObj(i -> {
            String text = texts[i].toString();
            var calls = tools == null ? List.<Map<String, Object>>of() : tools.called(text);
            if (!calls.isEmpty()) reasons[i] = "tool_calls";
            var choice = choice(i, chosen.get(i));
            if (tools == null) choice.put("text", text);
            else choice.put("message", message(text, calls));
            return choice;
        }).toList());
    }

    private static Map<String, Object> message(String text, List<Map<String, Object>> calls) {
        var message = new LinkedHashMap<String, Object>();
        message.put("role", "assistant");
        message.put("content", calls.isEmpty() ? text : null);
        if (!calls.isEmpty()) message.put("tool_calls", calls);
        return message;
    }

    Map<String, Object> usage(List<Object> choices) {
        boolean part = choices.isEmpty();
        var body = body(tools == null ? "text_completion" : part ? "chat.completion.chunk" : "chat.completion",
                choices);
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

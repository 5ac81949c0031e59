package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.Nearest;
import java.util.HashMap;
import java.util.Map;

/** The vocabulary of a {@code tokenizer.json}, both ways; {@code tokens} has null where an id is not used. */
record TokenIds(Map<String, Integer> ids, String[] tokens) {
    static TokenIds of(JsonNode tokenizer) {
        var ids = new HashMap<String, Integer>();
        var vocabulary = tokenizer.path("model").path("vocab");
        if (vocabulary.isObject()) vocabulary.properties().forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
        else for (int id = 0; id < vocabulary.size(); id++) ids.put(vocabulary.get(id).get(0).asText(), id); // Unigram
        var tokens = new HashMap<Integer, String>();
        ids.forEach((token, id) -> tokens.put(id, token));
        for (var token : tokenizer.path("added_tokens")) add(token.path("content").asText(), token.path("id").asInt(),
                ids, tokens);
        var all = new String[1 + tokens.keySet().stream().max(Integer::compare).orElse(-1)];
        tokens.forEach((id, token) -> all[id] = token);
        return new TokenIds(ids, all);
    }

    /** A token of the vocabulary keeps its id; for one that is another's the native library would take a new one. */
    private static void add(String token, int id, Map<String, Integer> ids, Map<Integer, String> tokens) {
        if (ids.putIfAbsent(token, id) != null) return;
        String other = tokens.put(id, token);
        if (other == null) return;
        throw new IllegalArgumentException("added_tokens: expected an id of its own for " + token + ". Received " + id
                + ", which is that of " + other + ".");
    }

    int size() { return tokens.length; }

    long id(String token) {
        var id = ids.get(token);
        if (id != null) return id;
        throw new IllegalArgumentException("There is no token " + token + " in the vocabulary"
                + Nearest.near(token, ids.keySet()).map(n -> "; did you mean " + n + "?").orElse("."));
    }

    String token(long id) {
        if (id >= 0 && id < tokens.length && tokens[(int) id] != null) return tokens[(int) id];
        throw new IllegalArgumentException("There is no token with the id " + id + ": expected an id from 0 to "
                + (tokens.length - 1) + ". Do the ids come from a model with another tokenizer?");
    }
}

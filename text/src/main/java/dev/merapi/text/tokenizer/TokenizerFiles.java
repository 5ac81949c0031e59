package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import dev.merapi.io.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds what a tokenizer is made of, and makes a {@code tokenizer.json} of it where there is none.
 *
 * @param origin what was read, for messages
 * @param tokenizer {@code tokenizer.json}
 * @param config {@code tokenizer_config.json}, or the like of it
 */
record TokenizerFiles(String origin, ObjectNode tokenizer, ObjectNode config) {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> BPE_VOCABULARIES = List.of("vocab.json", "encoder.json");
    private static final List<String> BPE_MERGES = List.of("merges.txt", "vocab.bpe");

    static TokenizerFiles read(Path path) {
        if (Files.isDirectory(path)) return readFolder(path);
        if (!Files.exists(path)) throw FileErrors.reading(path, new NoSuchFileException(path.toString()));
        var folder = path.toAbsolutePath().getParent();
        var name = path.getFileName().toString();
        if (name.endsWith(".model")) return sentencePiece(path, config(folder));
        if (name.endsWith(".txt")) return bert(path, config(folder));
        return json(path, config(folder));
    }

    private static TokenizerFiles readFolder(Path folder) {
        var config = config(folder);
        var json = folder.resolve("tokenizer.json");
        if (Files.exists(json)) return json(json, config);
        var bert = folder.resolve("vocab.txt");
        if (Files.exists(bert)) return bert(bert, config);
        var vocabulary = first(folder, BPE_VOCABULARIES);
        var merges = first(folder, BPE_MERGES);
        if (vocabulary != null && merges != null) {
            return new TokenizerFiles(vocabulary.toString(), TokenizerJson.byteLevelBpe(object(vocabulary),
                    Utf8.lines(merges), config), config);
        }
        return sentencePiece(sentencePieceFile(folder), config);
    }

    private static TokenizerFiles json(Path file, ObjectNode config) {
        return new TokenizerFiles(file.toString(), object(file), config);
    }

    private static TokenizerFiles bert(Path file, ObjectNode config) {
        var vocabulary = Utf8.lines(file);
        return named(file, () -> TokenizerJson.bert(vocabulary, config), config);
    }

    private static TokenizerFiles sentencePiece(Path file, ObjectNode config) {
        return named(file, () -> SentencePieceJson.of(SentencePieceModel.read(Utf8.bytes(file)), config), config);
    }

    private static TokenizerFiles named(Path file, Supplier<ObjectNode> tokenizer,
            ObjectNode config) {
        try {
            return new TokenizerFiles(file.toString(), tokenizer.get(), config);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Path sentencePieceFile(Path folder) {
        try (var found = Files.newDirectoryStream(folder, "*.model")) {
            for (var file : found) return file;
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
        ModelFolder.expectNoRun(folder);
        throw new IllegalArgumentException(folder + ": expected a tokenizer. Looked for tokenizer.json; vocab.txt;"
                + " vocab.json (or encoder.json) with merges.txt (or vocab.bpe); a SentencePiece *.model.");
    }

    /** What the files beside a tokenizer say of it; empty where there are none. */
    private static ObjectNode config(Path folder) {
        var config = JSON.createObjectNode();
        for (var name : List.of("special_tokens_map.json", "tokenizer_config.json")) {
            var file = folder.resolve(name);
            if (Files.exists(file)) config.setAll(object(file));
        }
        return config;
    }

    private static Path first(Path folder, List<String> names) {
        return names.stream().map(folder::resolve).filter(Files::exists).findFirst().orElse(null);
    }

    static ObjectNode object(Path file) { return object(Utf8.read(file), file.toString()); }

    static ObjectNode object(String text, String origin) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation(); // null where a number is too long
            throw new IllegalArgumentException(origin + (at == null ? "" : ":" + at.getLineNr() + ":"
                    + at.getColumnNr()) + ": not JSON. " + JsonErrors.reason(e), e);
        }
        if (node instanceof ObjectNode object) return object;
        throw new IllegalArgumentException(origin + ": expected a JSON object. Received "
                + (text.isBlank() ? "an empty file" : text.strip().substring(0, Math.min(20, text.strip().length())))
                + ".");
    }
}

package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/** What {@code src/test/python/tokenizers_goldens.py} wrote. */
final class Golden {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Golden() {}

    static Path path(String name) {
        try {
            return Path.of(Golden.class.getResource("/tokenizer/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode json(String name) throws IOException { return json(path(name)); }

    static JsonNode json(Path file) throws IOException { return JSON.readTree(Files.readString(file)); }

    static List<String> lines(String name) throws IOException { return Files.readAllLines(path(name)); }

    static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
    }

    static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    /** The keys of a golden encoding, and nothing else that stands beside them. */
    static ObjectNode encoding(JsonNode golden) {
        ObjectNode node = golden.deepCopy();
        return node.retain("ids", "typeIds", "attentionMask", "specialMask", "tokens", "offsets", "words", "sequences",
                "overflowing");
    }

    /** An encoding as the goldens write it. */
    static ObjectNode json(Encoding e) {
        var node = JsonNodeFactory.instance.objectNode();
        node.set("ids", JSON.valueToTree(e.ids()));
        node.set("typeIds", JSON.valueToTree(e.typeIds()));
        node.set("attentionMask", JSON.valueToTree(e.attentionMask()));
        node.set("specialMask", JSON.valueToTree(e.specialTokensMask()));
        node.set("tokens", JSON.valueToTree(e.tokens()));
        node.set("offsets", JSON.valueToTree(e.offsets().stream().map(s -> List.of(s.start(), s.end())).toList()));
        node.set("words", JSON.valueToTree(e.words()));
        node.set("sequences", JSON.valueToTree(e.sequences()));
        node.set("overflowing", JSON.valueToTree(e.overflowing().stream().map(Golden::json).toList()));
        return node;
    }
}

package dev.merapi.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads files of JSON that come from anywhere: in UTF-8, of 256 MiB and 200 levels at most, without two values of one
 * name, and with nothing after the end. What does not hold is an error that names the file and the place.
 */
public final class JsonFile {
    private static final int LARGEST = 256 << 20; // bytes
    private static final int DEEPEST = 200;
    private static final ObjectMapper TREES = JsonMapper.builder(factory())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final ObjectReader ONE_TREE =
            TREES.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonFile() {}

    /** Makes something of a file's text. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text) throws IOException;
    }

    static JsonFactory factory() {
        return JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // tables of the names are for files that repeat theirs; a vocabulary or a header has new ones only
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build()).build();
    }

    /**
     * A file that holds a JSON object.
     *
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is no such file, saying where it is not
     */
    public static JsonNode object(Path file) {
        var root = read(file, TREES::readTree);
        if (root.isObject()) return root;
        throw new IllegalArgumentException(file + ": expected a JSON object {…}. Received "
                + root.getNodeType().toString().toLowerCase(Locale.ROOT) + ".");
    }

    /** Takes a member of an object. */
    @FunctionalInterface
    interface Member {
        void take(String name, JsonNode value);
    }

    /**
     * Reads the members of an object one by one, in their order, so that memory is taken for one.
     *
     * @throws JsonProcessingException if the text is not one JSON object
     */
    static void members(String text, Member member) throws IOException {
        try (var json = TREES.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) throw new JsonParseException(json, "it is not an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                member.take(name, ONE_TREE.readTree(json));
            }
            if (json.nextToken() != null) throw new JsonParseException(json, "there is more behind its end");
        }
    }

    static <T> T read(Path file, Parser<T> parser) {
        try {
            return parser.parse(text(file));
        } catch (ValueInstantiationException e) { // the record's constructor refused
            throw new IllegalArgumentException(file + ": " + e.getCause().getMessage(), e);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(file + ": " + JsonErrors.keyed(e), e);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IllegalArgumentException(file + (at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr())
                    + ": not JSON. " + JsonErrors.reason(e), e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": expected text in UTF-8. Received other bytes.", e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** Not more than the limit is read, whatever the system says of the file's size. */
    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length <= LARGEST) {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            }
            throw new IllegalArgumentException(file + ": expected 256 MiB of JSON at most. Received more.");
        }
    }
}

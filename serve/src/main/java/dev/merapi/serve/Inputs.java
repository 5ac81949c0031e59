package dev.merapi.serve;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.recipe.Predictor;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tabular.data.Field;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.recipe.TablePredictor;
import dev.merapi.tensor.Expect;
import dev.merapi.text.pipeline.QuestionAnswerer;
import dev.merapi.text.pipeline.QuestionAnswerer.Question;
import dev.merapi.vision.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * What a model takes, as requests have it in JSON. Nothing here opens a file that a request names.
 *
 * @param kind what an input is: {@code text}, {@code picture}, {@code sound}, {@code row} or
 *     {@code question}
 * @param tensors what KServe is told about them
 * @param reader makes an input of JSON
 */
record Inputs<I>(String kind, List<Map<String, Object>> tensors, Reader<I> reader) {
    private static final int PIXELS = 50_000_000; // of a request: small files may be large in memory
    static final int CHARACTERS = 1 << 20; // of a text
    private static final int SUGGESTED = 200; // values of a column that a form may offer
    private static final int LEAST_RATE = 4000; // of sound: others would take long to resample
    private static final int MOST_RATE = 192_000;

    /** Makes an input of its JSON. */
    interface Reader<I> {
        I read(JsonNode json);
    }

    /**
     * Those of a model.
     *
     * @throws IllegalArgumentException if its inputs cannot be had from JSON
     */
    static Inputs<?> of(Predictor<?, ?> model) {
        if (model.input() == String.class) return new Inputs<>("text", tensor("text", "BYTES", -1), Inputs::text);
        if (model.input() == Image.class) {
            return new Inputs<>("picture", tensor("picture", "BYTES", -1), Inputs::picture);
        }
        if (model.input() == Audio.class) return new Inputs<>("sound", tensor("sound", "BYTES", -1), Inputs::sound);
        if (model instanceof QuestionAnswerer) {
            return new Inputs<>("question", List.of(tensor("question", "BYTES", -1).getFirst(),
                    tensor("text", "BYTES", -1).getFirst()), Inputs::question);
        }
        if (model instanceof TablePredictor table) {
            var columns = table.parse("{}").fields().stream().map(field -> column(table, field)).toList();
            return new Inputs<>("row", columns, json -> row(table, json));
        }
        throw new IllegalArgumentException("serve: expected a model of texts, pictures, sound, rows of a table or"
                + " questions. Received one of " + model.input().getSimpleName() + " ("
                + model.getClass().getSimpleName() + "); ask it by merapi predict.");
    }

    static List<Map<String, Object>> tensor(String name, String type, long... shape) {
        return List.of(Map.of("name", name, "datatype", type, "shape", shape));
    }

    private static Map<String, Object> column(TablePredictor table, Field field) {
        var column = new LinkedHashMap<>(tensor(field.name(), type(field.kind().name()), -1).getFirst());
        var values = table.values(field.name()).stream().limit(SUGGESTED).toList();
        if (!values.isEmpty()) column.put("parameters", Map.of("values", values));
        return column;
    }

    private static String type(String kind) {
        return switch (kind) {
            case "NUMBER", "INTEGER" -> "FP64";
            case "BOOLEAN" -> "BOOL";
            default -> "BYTES";
        };
    }

    /** @throws Refusal if one of them is not what the model takes, or pictures are too large together */
    List<I> read(List<JsonNode> all) {
        var inputs = new ArrayList<I>();
        long pixels = 0;
        for (JsonNode json : all) {
            var input = reader.read(json);
            if (input instanceof Image picture) pixels += (long) picture.width() * picture.height();
            if (pixels > PIXELS) {
                throw new Refusal(413, null, "inputs: expected pictures of at most " + PIXELS + " pixels in a request."
                        + " Received more; send them in parts.");
            }
            inputs.add(input);
        }
        return inputs;
    }

    /** Whether an input has several parts, each a tensor of KServe. */
    boolean inParts() { return kind.equals("row") || kind.equals("question"); }

    private static String text(JsonNode json) {
        if (json.isTextual()) return bounded("inputs", json.textValue());
        throw Refusal.wrong("inputs", "texts", brief(json));
    }

    /** A text that is not too long to be read as tokens, which takes hundreds of bytes for each character. */
    static String bounded(String where, String text) {
        if (text.length() <= CHARACTERS) return text;
        throw new Refusal(413, null, where + ": expected texts of at most " + CHARACTERS + " characters. Received one"
                + " of " + text.length() + "; send it in parts.");
    }

    /** A file in base64, also as a data URL, or the pixels themselves. */
    private static Image picture(JsonNode json) {
        if (json.isObject()) return pixels(json);
        if (!json.isTextual()) throw Refusal.wrong("inputs", "pictures: files in base64", brief(json));
        String text = json.textValue();
        if (text.startsWith("data:")) text = text.substring(text.indexOf(',') + 1);
        try {
            return Image.read(checked(Base64.getMimeDecoder().decode(text)));
        } catch (IllegalArgumentException e) {
            throw Refusal.wrong("inputs", "a picture's file (PNG, JPEG, …) in base64", brief(json) + ": "
                    + e.getMessage().replaceFirst("\\.$", ""));
        }
    }

    /** A small file may hold a huge picture: its size is looked at before it is decoded. */
    private static byte[] checked(byte[] file) {
        long tooLarge;
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) return file; // Image says what is wrong, or reads it by another library
            var reader = readers.next();
            reader.setInput(in, true, true);
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            reader.dispose();
            tooLarge = pixels > PIXELS ? pixels : 0;
        } catch (IOException | RuntimeException e) {
            return file; // damaged, which readers notice in many ways: Image says so
        }
        if (tooLarge == 0) return file;
        throw new IllegalArgumentException("it has " + tooLarge + " pixels, more than " + PIXELS);
    }

    private static Image pixels(JsonNode json) {
        JsonNode shape = json.path("shape"), data = json.path("data");
        Refusal wrong = Refusal.wrong("inputs", "a picture of shape [height, width, 1 or 3] with as many bytes",
                brief(json));
        if (shape.size() != 3) throw wrong;
        for (JsonNode size : shape) if (!size.isInt()) throw wrong;
        var pixels = new byte[data.size()];
        for (int i = 0; i < pixels.length; i++) {
            if (!data.get(i).isInt() || data.get(i).intValue() >>> 8 != 0) throw wrong;
            pixels[i] = (byte) data.get(i).intValue();
        }
        return new Image(shape.get(0).intValue(), shape.get(1).intValue(), shape.get(2).intValue(), pixels);
    }

    /** A WAV file in base64, also as a data URL. */
    private static Audio sound(JsonNode json) {
        if (!json.isTextual()) throw Refusal.wrong("inputs", "recordings: WAV files in base64", brief(json));
        String text = json.textValue();
        if (text.startsWith("data:")) text = text.substring(text.indexOf(',') + 1);
        try {
            var file = new ByteArrayInputStream(Base64.getMimeDecoder().decode(text));
            try (var stream = AudioStream.ofWav(file, "recording")) {
                Expect.that(stream.rate() >= LEAST_RATE && stream.rate() <= MOST_RATE, "recording", LEAST_RATE + " to "
                        + MOST_RATE + " Hz", stream.rate());
                var audio = stream.readAll();
                Expect.that(audio.length() > 0, "recording", "sound", "none");
                return audio.mono();
            }
        } catch (IllegalArgumentException e) {
            throw Refusal.wrong("inputs", "a WAV file in base64", brief(json) + ": "
                    + e.getMessage().replaceFirst("\\.$", ""));
        }
    }

    private static Question question(JsonNode json) {
        if (json.path("question").isTextual() && json.path("text").isTextual()) {
            return new Question(bounded("question", json.get("question").textValue()),
                    bounded("text", json.get("text").textValue()));
        }
        throw Refusal.wrong("inputs", "objects {\"question\": …, \"text\": …}", brief(json));
    }

    private static Frame row(TablePredictor table, JsonNode json) {
        if (!json.isObject()) throw Refusal.wrong("inputs", "objects, a row's values by column", brief(json));
        var known = table.parse("{}").names();
        json.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) throw Refusal.wrong("inputs", "the columns " + known, name);
        });
        return table.parse(json.toString());
    }

    /** The beginning, for messages. */
    static String brief(JsonNode json) {
        return brief(json.isMissingNode() ? "none" : json.toString());
    }

    static String brief(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /** Shared by all: strict about what follows a value. */
    static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
}

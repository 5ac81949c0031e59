package dev.merapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A way to damage a file. */
@FunctionalInterface
public interface FuzzDamage {
    /** A damaged copy. */
    byte[] apply(byte[] good, Random random);

    /** What a name's ending says of the content. */
    static FuzzDamage suiting(String name) {
        if (name.endsWith(".json")) return oneOf(json(), json(), text(), bytes());
        if (name.matches(".*\\.(jsonl|txt|csv|tsv|yaml|jinja)")) return oneOf(text(), text(), bytes());
        if (name.endsWith(".safetensors")) return oneOf(header(json()), header(text()), header(shapes()), bytes());
        if (name.matches(".*\\.(gz|tgz)")) return oneOf(bytes(), unzipped(bytes()));
        if (name.endsWith(".pth")) return oneOf(bytes(), archived("data.pkl", bytes()));
        return bytes();
    }

    /** Any of these, by chance. */
    static FuzzDamage oneOf(FuzzDamage... ways) {
        return (good, random) -> ways[random.nextInt(ways.length)].apply(good, random);
    }

    /** Bits, cuts, repetitions, and numbers of 4 and 8 bytes, more often near the beginning, where heads are. */
    static FuzzDamage bytes() {
        return (good, random) -> {
            byte[] b = good.clone();
            for (int times = 1 + random.nextInt(3); times > 0; times--) b = FuzzEdits.bytes(b, random);
            return b;
        };
    }

    /** Numbers, lines, letters, brackets. */
    static FuzzDamage text() {
        return (good, random) -> FuzzEdits.utf8(FuzzEdits.text(new String(good, StandardCharsets.UTF_8), random));
    }

    /** Valid JSON with other values, names and lengths; text that is no JSON is damaged as text. */
    static FuzzDamage json() {
        return (good, random) -> {
            JsonNode root;
            try {
                root = FuzzEdits.JSON.readTree(good);
            } catch (IOException e) {
                return text().apply(good, random);
            }
            for (int times = 1 + random.nextInt(2); times > 0; times--) FuzzEdits.json(root, random);
            return FuzzEdits.utf8(root.toString());
        };
    }

    /** Something inside a gzipped file, whose checksum is right. */
    static FuzzDamage unzipped(FuzzDamage inside) {
        return (good, random) -> FuzzEdits.zip(inside.apply(FuzzEdits.unzip(good), random));
    }

    /** The file of a zip archive whose name ends so, all checksums being right. */
    static FuzzDamage archived(String ending, FuzzDamage inside) {
        return (good, random) -> FuzzEdits.archive(good, (name, content) ->
                name.endsWith(ending) ? inside.apply(content, random) : content);
    }

    /** The header of a safetensors file, with its right length. */
    static FuzzDamage header(FuzzDamage inside) {
        return (good, random) -> {
            int length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            byte[] header = inside.apply(Arrays.copyOfRange(good, 8, 8 + length), random);
            return ByteBuffer.allocate(good.length - length + header.length).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length).put(header).put(good, 8 + length, good.length - 8 - length).array();
        };
    }

    private static FuzzDamage shapes() {
        var shapes = List.of("[-2,-2]", "[4294967296,4294967296]", "[3,0,9223372036854775807]",
                "[2147483648,2147483648,4]", "[" + "1,".repeat(80) + "1]", "[]");
        return (good, random) -> FuzzEdits.utf8(new String(good, StandardCharsets.UTF_8)
                .replaceFirst("\"shape\":\\[.*?]", "\"shape\":" + shapes.get(random.nextInt(shapes.size()))));
    }
}

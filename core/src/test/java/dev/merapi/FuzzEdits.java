package dev.merapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** What one damage does. */
final class FuzzEdits {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final long[] NUMBERS = {0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE,
            Long.MIN_VALUE, 46_341, 65_536, 100_000_001};
    private static final String[] WORDS = {"0", "-1", "0.5", "1e308", "1e999", "9223372036854775808", "NaN", "null",
            "true", "\"\"", "[]", "{}", "7", "3000000000", "99999999999999999999999999"};
    private static final String[] SIGNS = {"\"", "'", "\0", "\ufeff", "\ud83d\ude00", "{", "}", "[", "]", ",", ":",
            "\t", "\r", "\n", "\\", "\\u12", "\\ud800", "%}", "{{", "(", ")", "|", "&a", "*a", "- "};
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(e-?\\d+)?");

    private FuzzEdits() {}

    static byte[] utf8(String text) { return text.getBytes(StandardCharsets.UTF_8); }

    static byte[] bytes(byte[] b, Random random) {
        if (b.length == 0) return new byte[] {(byte) random.nextInt()};
        int at = random.nextInt(random.nextBoolean() ? Math.min(b.length, 64) : b.length);
        int end = Math.min(b.length, at + 1 + random.nextInt(32));
        var order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        long number = random.nextInt(4) == 0 ? b.length : NUMBERS[random.nextInt(NUMBERS.length)];
        switch (random.nextInt(9)) {
            case 0 -> b[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> b[at] = (byte) random.nextInt();
            case 2 -> Arrays.fill(b, at, end, (byte) -random.nextInt(2));
            case 3 -> {
                if (at + 4 <= b.length) ByteBuffer.wrap(b).order(order).putInt(at, (int) number);
            }
            case 4 -> {
                if (at + 8 <= b.length) ByteBuffer.wrap(b).order(order).putLong(at, number);
            }
            case 5 -> { return Arrays.copyOf(b, at); }
            case 6 -> { return join(b, at, b, end); } // removed
            case 7 -> { return join(b, end, b, at); } // twice
            default -> {
                var foreign = new byte[1 + random.nextInt(16)];
                random.nextBytes(foreign);
                return join(join(b, at, foreign, 0), at + foreign.length, b, at);
            }
        }
        return b;
    }

    /** The first {@code end} bytes of one, then the other's from {@code start}. */
    private static byte[] join(byte[] head, int end, byte[] tail, int start) {
        return ByteBuffer.allocate(end + tail.length - start).put(head, 0, end).put(tail, start, tail.length - start)
                .array();
    }

    static String text(String s, Random random) {
        int at = random.nextInt(s.length() + 1);
        int end = Math.min(s.length(), at + 1 + random.nextInt(20));
        return switch (random.nextInt(5)) {
            case 0 -> number(s, random);
            case 1 -> lines(s, random);
            case 2 -> s.substring(0, at) + SIGNS[random.nextInt(SIGNS.length)] + s.substring(at);
            case 3 -> s.substring(0, at) + "[".repeat(1 + random.nextInt(3_000)) + s.substring(at);
            default -> s.substring(0, at) + s.substring(end);
        };
    }

    private static String number(String s, Random random) {
        var numbers = NUMBER.matcher(s).results().toList();
        if (numbers.isEmpty()) return s + WORDS[random.nextInt(WORDS.length)];
        var one = numbers.get(random.nextInt(numbers.size()));
        return s.substring(0, one.start()) + WORDS[random.nextInt(WORDS.length)] + s.substring(one.end());
    }

    private static String lines(String s, Random random) {
        var lines = new ArrayList<>(List.of(s.split("\n", -1)));
        String line = lines.get(random.nextInt(lines.size()));
        if (random.nextBoolean()) lines.add(random.nextInt(lines.size()), line);
        else lines.remove(line);
        return String.join("\n", lines);
    }

    /** Changes one value or name, more often near the root. */
    static void json(JsonNode root, Random random) {
        var all = new ArrayList<JsonNode>(List.of(root));
        for (int i = 0; i < Math.min(all.size(), 200); i++) all.get(i).forEach(all::add);
        all.removeIf(JsonNode::isEmpty);
        if (all.isEmpty()) return;
        switch (all.get(random.nextInt(random.nextBoolean() ? Math.min(12, all.size()) : all.size()))) {
            case ObjectNode object -> {
                String name = List.copyOf(object.properties()).get(random.nextInt(object.size())).getKey();
                switch (random.nextInt(4)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set(name + "x", object.remove(name));
                    default -> object.set(name, value(random));
                }
            }
            case ArrayNode array -> {
                int at = random.nextInt(array.size());
                switch (random.nextInt(4)) {
                    case 0 -> array.remove(at);
                    case 1 -> array.add(array.get(at).deepCopy());
                    default -> array.set(at, value(random));
                }
            }
            default -> { }
        }
    }

    private static JsonNode value(Random random) {
        var json = JsonNodeFactory.instance;
        return switch (random.nextInt(12)) {
            case 0 -> json.nullNode();
            case 1 -> json.arrayNode();
            case 2 -> json.objectNode();
            case 3 -> json.textNode(random.nextBoolean() ? "" : "x");
            case 4 -> json.booleanNode(random.nextBoolean());
            case 5 -> json.numberNode(random.nextBoolean() ? 0.5 : 1e308);
            case 6 -> json.numberNode(new BigInteger("9".repeat(1 + random.nextInt(1_500))));
            case 7 -> json.arrayNode().add(1).add("x").addNull();
            case 8 -> json.objectNode().put("type", "x");
            case 9 -> {
                JsonNode deep = json.arrayNode();
                for (int depth = random.nextInt(500); depth > 0; depth--) deep = json.arrayNode().add(deep);
                yield deep;
            }
            default -> json.numberNode(NUMBERS[random.nextInt(NUMBERS.length)]);
        };
    }

    static byte[] zip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] unzip(byte[] zipped) {
        try (var content = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An archive of the same files, not compressed, with other contents. */
    static byte[] archive(byte[] archive, BiFunction<String, byte[], byte[]> change) {
        var bytes = new ByteArrayOutputStream();
        try {
            Path file = Files.write(Files.createTempFile("fuzz", ".zip"), archive);
            try (var in = new ZipFile(file.toFile()); var out = new ZipOutputStream(bytes)) {
                for (var old : in.stream().toList()) {
                    store(out, old.getName(), change.apply(old.getName(), in.getInputStream(old).readAllBytes()));
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
    }
}

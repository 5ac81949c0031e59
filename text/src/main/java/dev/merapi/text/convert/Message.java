package dev.merapi.text.convert;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One message in protocol buffers' wire format, its fields by number; no schema is needed to read those one knows.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the format</a>
 */
final class Message {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<Integer, List<Object>> fields = new LinkedHashMap<>(); // Long, or MemorySegment

    /**
     * @throws IllegalArgumentException if the bytes are not a complete message
     */
    Message(MemorySegment bytes) {
        var in = new Bytes(bytes);
        while (in.hasMore()) {
            long key = in.varint();
            int field = (int) (key >>> 3);
            Object value = switch ((int) (key & 7)) {
                case 0 -> in.varint();
                case 1 -> in.take(8).get(LONG, 0);
                case 2 -> in.take(in.varint());
                case 5 -> (long) in.take(4).get(INT, 0);
                default -> throw new IllegalArgumentException("expected a wire type of 0, 1, 2 or 5, received "
                        + (key & 7));
            };
            fields.computeIfAbsent(field, _ -> new ArrayList<>()).add(value);
        }
    }

    boolean has(int field) { return fields.containsKey(field); }

    /** The last value of a number, 0 where there is none, as the format has it. */
    long number(int field) { return last(field) instanceof Long n ? n : 0; }

    /** The last value of text; empty where there is none. */
    String text(int field) { return text(bytes(field)); }

    List<String> texts(int field) { return all(field).map(Message::text).toList(); }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** The last value of bytes; empty where there is none. */
    MemorySegment bytes(int field) {
        return last(field) instanceof MemorySegment bytes ? bytes : MemorySegment.ofArray(new byte[0]);
    }

    Message message(int field) { return new Message(bytes(field)); }

    List<Message> messages(int field) { return all(field).map(Message::new).toList(); }

    private Stream<MemorySegment> all(int field) {
        return fields.getOrDefault(field, List.of()).stream().filter(MemorySegment.class::isInstance)
                .map(MemorySegment.class::cast);
    }

    private Object last(int field) {
        var values = fields.get(field);
        return values == null ? null : values.getLast();
    }

    /** A repeated number, packed or not. */
    long[] numbers(int field) {
        var numbers = new ArrayList<Long>();
        for (Object value : fields.getOrDefault(field, List.of())) {
            if (value instanceof Long n) {
                numbers.add(n);
            } else {
                var in = new Bytes((MemorySegment) value);
                while (in.hasMore()) numbers.add(in.varint());
            }
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}

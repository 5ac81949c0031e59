package dev.merapi.io;

import dev.merapi.tensor.DType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Python's pickles as far as checkpoints need them: dicts, lists, tuples, texts, numbers, and tensors that say in
 * which storage they lie. A pickle is a program, which may call anything; this runs none of it: whatever would make
 * something else is an error that names it.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the format</a>
 */
final class Unpickler {
    private static final int MAX_RANK = 64; // libtorch's

    /** A tensor's memory: a file of the archive. */
    record Storage(DType type, String key, long numel) {}

    /** A tensor, in numbers of its storage. */
    record Saved(Storage storage, long offset, long[] shape, long[] stride) {}

    /** What the program may ask for by name. */
    private enum Global { ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER }

    private static final Map<String, Object> GLOBALS = new HashMap<>(Map.of(
            "collections.OrderedDict", Global.ORDERED_DICT,
            "torch._utils._rebuild_tensor_v2", Global.REBUILD_TENSOR,
            "torch._utils._rebuild_parameter", Global.REBUILD_PARAMETER));

    static {
        Map.of("Float", DType.FLOAT32, "Double", DType.FLOAT64, "Half", DType.FLOAT16, "BFloat16", DType.BFLOAT16,
                "Long", DType.INT64, "Int", DType.INT32, "Short", DType.INT16, "Char", DType.INT8, "Byte", DType.UINT8,
                "Bool", DType.BOOL).forEach((name, type) -> GLOBALS.put("torch." + name + "Storage", type));
        GLOBALS.put("torch.ComplexFloatStorage", DType.COMPLEX64);
        GLOBALS.put("torch.ComplexDoubleStorage", DType.COMPLEX128);
    }

    /** Of the instructions that are refused, those that a reader is likely to meet. */
    private static final Map<Integer, String> REFUSED = Map.of(0x81, "NEWOBJ", 0x92, "NEWOBJ_EX", (int) 'i', "INST",
            (int) 'o', "OBJ", (int) 'B', "BINBYTES", (int) 'C', "SHORT_BINBYTES", 0x8f, "EMPTY_SET", 0x8b, "LONG4",
            (int) 'P', "PERSID");

    private final String where;
    private final ByteBuffer in;
    private final Map<Long, Object> memo = new HashMap<>();
    private final List<List<Object>> marked = new ArrayList<>(); // stacks below the marks
    private List<Object> stack = new ArrayList<>();

    private Unpickler(String where, byte[] pickle) {
        this.where = where;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * What a pickle holds: null, a Boolean, Long, Double, String, Storage or Saved, or a List or Map of those. Values
     * that occur twice may be one object, and lists may hold themselves.
     *
     * @param where begins messages
     * @throws IllegalArgumentException naming what is not among those, or where the pickle is damaged
     */
    static Object read(String where, byte[] pickle) { return new Unpickler(where, pickle).run(); }

    private Object run() {
        int at = 0;
        try {
            while (true) {
                at = in.position();
                int opcode = Byte.toUnsignedInt(in.get());
                if (opcode == '.') return pop();
                step(opcode);
            }
        } catch (BufferUnderflowException e) {
            throw wrong(at, "it is cut short");
        } catch (Damage e) {
            throw wrong(at, e.getMessage());
        }
    }

    /** What is wrong at an instruction; {@link #run} knows where that is. */
    private static final class Damage extends RuntimeException {
        private static final long serialVersionUID = 1;

        Damage(String what) { super(what, null, false, false); }
    }

    private IllegalArgumentException wrong(int at, String what) {
        return new IllegalArgumentException(where + ", byte " + at + ": " + what + ".");
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> in.get(); // PROTO: the version, which the instructions tell
            case 0x95 -> in.getLong(); // FRAME: a length, for readers that buffer
            case '(' -> {
                marked.add(stack);
                stack = new ArrayList<>();
            }
            case '0' -> pop();
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.getInt());
            case 'K' -> push((long) Byte.toUnsignedInt(in.get()));
            case 'M' -> push((long) Short.toUnsignedInt(in.getShort()));
            case 0x8a -> push(number(Byte.toUnsignedInt(in.get())));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X', 'T' -> push(text(Integer.toUnsignedLong(in.getInt())));
            case 0x8c, 'U' -> push(text(Byte.toUnsignedInt(in.get())));
            case 0x8d -> push(text(in.getLong()));
            case '}' -> push(new LinkedHashMap<Object, Object>());
            case ']' -> push(new ArrayList<Object>());
            case ')' -> push(List.of());
            case 't' -> push(Collections.unmodifiableList(toMark()));
            case 0x85, 0x86, 0x87 -> push(tuple(opcode - 0x84));
            case 'a' -> {
                Object item = pop();
                list().add(item);
            }
            case 'e' -> {
                var items = toMark();
                list().addAll(items);
            }
            case 's' -> {
                Object value = pop(), key = pop();
                set(dict(), key, value);
            }
            case 'u' -> {
                var items = toMark();
                if (items.size() % 2 != 0) throw new Damage("a key of a dict has no value");
                for (int i = 0; i < items.size(); i += 2) set(dict(), items.get(i), items.get(i + 1));
            }
            case 'q' -> memo.put((long) Byte.toUnsignedInt(in.get()), top());
            case 'r' -> memo.put(Integer.toUnsignedLong(in.getInt()), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(remembered(Byte.toUnsignedInt(in.get())));
            case 'j' -> push(remembered(Integer.toUnsignedLong(in.getInt())));
            case 'c' -> push(global(line(), line()));
            case 0x93 -> {
                Object name = pop(), module = pop();
                push(global("" + module, "" + name));
            }
            case 'Q' -> push(storage(pop()));
            case 'R' -> {
                Object arguments = pop(), function = pop();
                push(call(function, arguments));
            }
            case 'b' -> { // attributes, such as the versions of layers in a state dict: not needed
                pop();
                dict();
            }
            default -> throw new Damage("expected dicts, lists, tuples, texts, numbers and tensors. Received the"
                    + " instruction " + REFUSED.getOrDefault(opcode, "0x%02x".formatted(opcode))
                    + ", which could make something else and is not run; open the file in PyTorch, if you trust it, and"
                    + " save model.state_dict() alone");
        }
    }

    private void push(Object value) { stack.add(value); }

    private Object top() {
        if (stack.isEmpty()) throw new Damage("a value is missing");
        return stack.getLast();
    }

    private Object pop() {
        top();
        return stack.removeLast();
    }

    private List<Object> toMark() {
        if (marked.isEmpty()) throw new Damage("a mark is missing");
        var items = stack;
        stack = marked.removeLast();
        return items;
    }

    private List<Object> tuple(int size) {
        var items = new Object[size];
        for (int i = size - 1; i >= 0; i--) items[i] = pop();
        return Collections.unmodifiableList(Arrays.asList(items));
    }

    @SuppressWarnings("unchecked") // only lists that may grow are array lists, and they are made here
    private List<Object> list() {
        if (top() instanceof ArrayList<?> list) return (List<Object>) list;
        throw new Damage("expected a list to add to. Received " + describe(top()));
    }

    @SuppressWarnings("unchecked") // made here
    private Map<Object, Object> dict() {
        if (top() instanceof LinkedHashMap<?, ?> dict) return (Map<Object, Object>) dict;
        throw new Damage("expected a dict. Received " + describe(top()));
    }

    private static void set(Map<Object, Object> dict, Object key, Object value) {
        switch (key) { // others' hashes may not end
            case null -> dict.put("None", value);
            case String _, Long _, Double _, Boolean _ -> dict.put(key, value);
            default -> throw new Damage("expected keys that are texts or numbers. Received " + describe(key));
        }
    }

    private Object remembered(long place) {
        Object value = memo.get(place);
        if (value == null && !memo.containsKey(place)) throw new Damage("nothing was remembered as number " + place);
        return value;
    }

    private long number(int bytes) {
        if (bytes > 8) throw new Damage("expected numbers of at most 64 bits. Received one of " + 8 * bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) value |= Byte.toUnsignedLong(in.get()) << 8 * i;
        int unused = 64 - 8 * bytes;
        return bytes == 0 ? 0 : value << unused >> unused; // its highest bit is the sign
    }

    private String text(long length) {
        if (length < 0 || length > in.remaining()) throw new BufferUnderflowException();
        var bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int from = in.position();
        while (in.get() != '\n') continue;
        return new String(in.array(), from, in.position() - 1 - from, StandardCharsets.UTF_8);
    }

    private static Object global(String module, String name) {
        Object known = GLOBALS.get(module + "." + name);
        if (known != null) return known;
        throw new Damage("expected dicts, lists, tuples, texts, numbers and tensors. Received a use of " + module + "."
                + name + ", which is not run; open the file in PyTorch, if you trust it, and save model.state_dict()"
                + " alone");
    }

    private static Storage storage(Object id) {
        if (id instanceof List<?> parts && parts.size() == 5 && "storage".equals(parts.get(0))
                && parts.get(1) instanceof DType type && parts.get(2) instanceof String key
                && parts.get(4) instanceof Long numel) {
            return new Storage(type, key, numel);
        }
        throw new Damage("expected a storage of tensors by its type, name, place and size. Received " + describe(id));
    }

    private static Object call(Object function, Object arguments) {
        if (!(function instanceof Global global) || !(arguments instanceof List<?> list)) {
            throw new Damage("expected a dict or a tensor to be made. Received " + describe(function) + " called with "
                    + describe(arguments));
        }
        return switch (global) {
            case ORDERED_DICT -> ordered(list);
            case REBUILD_TENSOR -> tensor(list);
            case REBUILD_PARAMETER -> {
                if (!list.isEmpty() && list.getFirst() instanceof Saved saved) yield saved;
                throw new Damage("expected a tensor as a parameter. Received " + describe(list));
            }
        };
    }

    /** Pairs come as a list of lists, if at all. */
    private static Map<Object, Object> ordered(List<?> arguments) {
        var dict = new LinkedHashMap<Object, Object>();
        if (arguments.isEmpty()) return dict;
        if (arguments.size() == 1 && arguments.getFirst() instanceof List<?> pairs) {
            for (Object pair : pairs) {
                if (!(pair instanceof List<?> two) || two.size() != 2) {
                    throw new Damage("expected pairs for a dict. Received " + describe(pair));
                }
                set(dict, two.get(0), two.get(1));
            }
            return dict;
        }
        throw new Damage("expected pairs for a dict. Received " + describe(arguments));
    }

    private static Saved tensor(List<?> arguments) {
        if (arguments.size() >= 4 && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Long offset && arguments.get(2) instanceof List<?> shape
                && arguments.get(3) instanceof List<?> stride && shape.size() == stride.size()) {
            return new Saved(storage, offset, sizes(shape), sizes(stride));
        }
        throw new Damage("expected a tensor by its storage, offset, shape and strides. Received "
                + describe(arguments));
    }

    private static long[] sizes(List<?> sizes) {
        if (sizes.size() > MAX_RANK) {
            throw new Damage("expected a tensor of at most " + MAX_RANK + " dimensions. Received " + sizes.size());
        }
        var numbers = new long[sizes.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(sizes.get(i) instanceof Long size) || size < 0) {
                throw new Damage("expected natural numbers as a shape. Received " + describe(sizes.get(i)));
            }
            numbers[i] = size;
        }
        return numbers;
    }

    /** Short, for values may be large and hold themselves. */
    private static String describe(Object value) {
        return switch (value) {
            case null -> "None";
            case String _ -> "a text";
            case Map<?, ?> dict -> "a dict of " + dict.size();
            case List<?> list -> "a list of " + list.size();
            case Saved _ -> "a tensor";
            default -> value.toString();
        };
    }
}

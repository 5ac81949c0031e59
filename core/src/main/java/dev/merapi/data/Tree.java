package dev.merapi.data;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The tensors of a batch of any form: a tensor, or records, lists, sets, maps and arrays of such, however deep.
 *
 * <pre>{@code
 * var moved = Tree.to(batch, Device.best());
 * var half = Tree.map(batch, x -> x.dtype().isFloating() ? x.to(DType.BFLOAT16) : x);
 * Tree.tensors(batch).forEach((path, x) -> IO.println(path + " " + x.describe()));
 * }</pre>
 */
public final class Tree {
    private final BiFunction<String, Tensor, Tensor> function;
    private String unknown; // a place that holds an object of another kind, or null

    private Tree(BiFunction<String, Tensor, Tensor> function) { this.function = function; }

    /** The tensors by their place, such as {@code tokens.ids} or {@code images.3}; a bare tensor's is empty. */
    public static Map<String, Tensor> tensors(Object value) {
        var tensors = new LinkedHashMap<String, Tensor>();
        new Tree((path, tensor) -> {
            tensors.put(path, tensor);
            return tensor;
        }).walk(value, "");
        return tensors;
    }

    /**
     * The same with other tensors. What holds none is not copied. Lists, sets and maps of others cannot be changed.
     *
     * @throws IllegalArgumentException if the constructor of a record refuses them
     */
    @SuppressWarnings("unchecked") // of the same class
    public static <T> T map(T value, UnaryOperator<Tensor> function) {
        return (T) new Tree((_, tensor) -> function.apply(tensor)).walk(value, "");
    }

    /**
     * The same with all tensors on a device. To a GPU, the copies go through pinned memory and are not waited for.
     *
     * @throws IllegalArgumentException if it holds an object of another kind, whose tensors nobody can find; on the CPU
     *     such an object stays as it is
     */
    @SuppressWarnings("unchecked")
    public static <T> T to(T value, Device device) {
        var tree = new Tree((_, tensor) -> move(tensor, device));
        var moved = (T) tree.walk(value, "");
        if (tree.unknown == null || device.equals(Device.CPU)) return moved;
        throw new IllegalArgumentException("Tree.to: expected tensors, and records, lists, sets, maps and arrays of"
                + " them. Received " + tree.unknown + ", which may hold tensors that stay where they are; make it a"
                + " record, or override Task.to.");
    }

    private static Tensor move(Tensor tensor, Device device) {
        return tensor.device().equals(device) ? tensor : tensor.send(device);
    }

    /** @return false if the value holds an object of another kind, whose tensors stay unknown */
    static boolean visit(Object value, Consumer<Tensor> visitor) {
        var tree = new Tree((_, tensor) -> {
            visitor.accept(tensor);
            return tensor;
        });
        tree.walk(value, "");
        return tree.unknown == null;
    }

    private Object walk(Object value, String path) {
        return switch (value) {
            case null -> null;
            case Tensor t -> function.apply(path, t);
            case Record r -> {
                var components = r.getClass().getRecordComponents();
                var values = Records.values(r);
                boolean changed = false;
                for (int i = 0; i < values.length; i++) {
                    Object before = values[i];
                    if (components[i].getType().isPrimitive()) continue;
                    values[i] = walk(before, join(path, components[i].getName()));
                    changed |= values[i] != before;
                }
                yield changed ? Records.of(r.getClass(), values) : r;
            }
            case List<?> l -> {
                var all = walkAll(l, path);
                yield all == null ? l : Collections.unmodifiableList(all);
            }
            case Set<?> s -> {
                var all = walkAll(List.copyOf(s), path);
                yield all == null ? s : Collections.unmodifiableSet(new LinkedHashSet<>(all));
            }
            case Map<?, ?> m -> walkMap(m, path);
            case Object[] a -> {
                var all = walkAll(Arrays.asList(a), path);
                yield all == null ? a : all.toArray(Arrays.copyOf(a, 0));
            }
            default -> {
                boolean plain = value.getClass().isArray() || value instanceof Enum<?>
                        || value.getClass().getPackageName().matches("java\\.(lang|math|time|nio\\.file)");
                if (!plain && unknown == null) {
                    unknown = "a " + value.getClass().getName() + (path.isEmpty() ? "" : " at " + path);
                }
                yield value;
            }
        };
    }

    /** Null if none has changed. */
    private List<Object> walkAll(List<?> values, String path) {
        var all = new ArrayList<Object>(values.size());
        boolean changed = false;
        for (Object value : values) {
            all.add(walk(value, join(path, "" + all.size())));
            changed |= all.getLast() != value;
        }
        return changed ? all : null;
    }

    private Map<?, ?> walkMap(Map<?, ?> map, String path) {
        var all = new LinkedHashMap<Object, Object>();
        map.forEach((key, value) -> all.put(key, walk(value, join(path, "" + key))));
        boolean changed = map.entrySet().stream().anyMatch(entry -> all.get(entry.getKey()) != entry.getValue());
        return changed ? Collections.unmodifiableMap(all) : map;
    }

    private static String join(String path, String name) { return path.isEmpty() ? name : path + "." + name; }
}

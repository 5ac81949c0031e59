package dev.merapi.data;

import dev.merapi.tensor.Tensor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;

/** Finds the tensors inside a batch. */
final class Parts {
    private Parts() {}

    /**
     * Visits the tensors in records, collections, maps and arrays.
     *
     * @return false if the batch holds an object of another kind, whose tensors stay unknown
     */
    static boolean visit(Object value, Consumer<Tensor> visitor) {
        return switch (value) {
            case null -> true;
            case Tensor t -> {
                visitor.accept(t);
                yield true;
            }
            case Record r -> visitRecord(r, visitor);
            case Collection<?> c -> visitAll(c, visitor);
            case Map<?, ?> m -> visitAll(m.values(), visitor);
            case Object[] a -> visitAll(Arrays.asList(a), visitor);
            default -> value.getClass().isArray() || value instanceof Number || value instanceof String
                    || value instanceof Boolean || value instanceof Enum<?>;
        };
    }

    private static boolean visitAll(Collection<?> values, Consumer<Tensor> visitor) {
        boolean known = true;
        for (Object value : values) known &= visit(value, visitor);
        return known;
    }

    private static boolean visitRecord(Record value, Consumer<Tensor> visitor) {
        boolean known = true;
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            if (component.getType().isPrimitive()) continue;
            try {
                var accessor = component.getAccessor();
                accessor.setAccessible(true);
                known &= visit(accessor.invoke(value), visitor);
            } catch (ReflectiveOperationException e) {
                return false;
            }
        }
        return known;
    }
}

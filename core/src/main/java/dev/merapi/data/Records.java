package dev.merapi.data;

import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;

/** Takes records apart and puts them together again. */
final class Records {
    private Records() {}

    /** The values of a record's components, in order. */
    static Object[] values(Record value) {
        var components = value.getClass().getRecordComponents();
        var values = new Object[components.length];
        try {
            for (int i = 0; i < values.length; i++) {
                var accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = accessor.invoke(value);
            }
            return values;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("could not read a " + value.getClass().getName(), e);
        }
    }

    /** A record of a class, made by its canonical constructor. */
    static Record of(Class<?> type, Object[] values) {
        try {
            var constructor = type.getDeclaredConstructor(
                    Stream.of(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return (Record) constructor.newInstance(values);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new IllegalArgumentException("could not make a " + type.getName() + " of other tensors", e);
        }
    }
}

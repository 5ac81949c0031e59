package dev.merapi.paramserver;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** The numbers by which the grid's nodes know what they send each other. */
final class Wire implements DataSerializableFactory {
    static final int FACTORY = 6_371; // any, the same everywhere
    static final int ROW = 1;
    static final int PUSH = 2;

    private Wire() { }

    static void register(SerializationConfig config) { config.addDataSerializableFactory(FACTORY, new Wire()); }

    @Override public IdentifiedDataSerializable create(int type) {
        return switch (type) {
            case ROW -> new Row();
            case PUSH -> new Push();
            default -> throw new IllegalArgumentException("unknown type " + type);
        };
    }
}

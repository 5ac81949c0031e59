package dev.merapi.paramserver;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;

/** What a server keeps of an id. */
final class Row implements IdentifiedDataSerializable {
    private static final int REMEMBERED = 4; // pushes that would be noticed if they came again

    float[] weights;
    float[] state; // the optimizer's, slot by slot, each as long as the weights
    long steps;
    private long[] pushes = new long[REMEMBERED];
    private int next; // place of the next push

    /** For the grid, which then reads it. */
    Row() { }

    Row(float[] weights, float[] state, long steps) {
        this.weights = weights;
        this.state = state;
        this.steps = steps;
    }

    /** Whether a push is new: one whose answer was lost with its server comes again. */
    boolean isNew(long push) {
        for (long known : pushes) if (known == push) return false;
        pushes[next] = push;
        next = (next + 1) % REMEMBERED;
        return true;
    }

    @Override public void writeData(ObjectDataOutput out) throws IOException {
        out.writeFloatArray(weights);
        out.writeFloatArray(state);
        out.writeLong(steps);
        out.writeLongArray(pushes);
        out.writeInt(next);
    }

    @Override public void readData(ObjectDataInput in) throws IOException {
        weights = in.readFloatArray();
        state = in.readFloatArray();
        steps = in.readLong();
        pushes = in.readLongArray();
        next = in.readInt();
    }

    @Override public int getFactoryId() { return Wire.FACTORY; }

    @Override public int getClassId() { return Wire.ROW; }
}

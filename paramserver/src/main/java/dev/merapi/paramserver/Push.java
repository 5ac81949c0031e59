package dev.merapi.paramserver;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/** Gradients for some rows of a partition, which its server applies, and then its backup. */
final class Push implements EntryProcessor<Long, Row, Void>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1;

    private long number; // of this push, unlike all others
    private long[] ids; // in order
    private float[] gradients; // (ids, dim)
    private transient RowOptimizer optimizer;
    private transient RowInit init;

    /** For the grid, which then reads it. */
    Push() { }

    Push(long number, long[] ids, float[] gradients, RowOptimizer optimizer, RowInit init) {
        this.number = number;
        this.ids = ids;
        this.gradients = gradients;
        this.optimizer = optimizer;
        this.init = init;
    }

    @Override public Void process(Map.Entry<Long, Row> entry) {
        int dim = gradients.length / ids.length;
        var row = entry.getValue();
        if (row == null) {
            row = new Row(new float[dim], new float[optimizer.slots() * dim], 0);
            init.fill(entry.getKey(), row.weights, 0, dim);
        }
        if (row.isNew(number)) {
            int at = Arrays.binarySearch(ids, entry.getKey());
            optimizer.update(row.weights, row.state, ++row.steps, gradients, at * dim);
        }
        entry.setValue(row);
        return null;
    }

    @Override public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(number);
        out.writeLongArray(ids);
        out.writeFloatArray(gradients);
        out.writeDouble(init.deviation());
        out.writeLong(init.seed());
        switch (optimizer) {
            case RowOptimizer.Sgd o -> out.writeDoubleArray(new double[] {o.rate()});
            case RowOptimizer.AdaGrad o -> out.writeDoubleArray(new double[] {o.rate(), o.eps()});
            case RowOptimizer.Adam o -> out.writeDoubleArray(new double[] {o.rate(), o.beta1(), o.beta2(), o.eps()});
        }
    }

    @Override public void readData(ObjectDataInput in) throws IOException {
        number = in.readLong();
        ids = in.readLongArray();
        gradients = in.readFloatArray();
        init = new RowInit(in.readDouble(), in.readLong());
        double[] o = in.readDoubleArray();
        optimizer = switch (o.length) {
            case 1 -> new RowOptimizer.Sgd(o[0]);
            case 2 -> new RowOptimizer.AdaGrad(o[0], o[1]);
            default -> new RowOptimizer.Adam(o[0], o[1], o[2], o[3]);
        };
    }

    @Override public int getFactoryId() { return Wire.FACTORY; }

    @Override public int getClassId() { return Wire.PUSH; }
}

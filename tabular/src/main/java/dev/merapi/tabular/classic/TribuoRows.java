package dev.merapi.tabular.classic;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import libsvm.svm;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** Rows and models in Tribuo's form. */
final class TribuoRows {
    private static final Logger TRIBUO = Logger.getLogger("org.tribuo"); // kept, so that its level is

    static {
        TRIBUO.setLevel(Level.WARNING);
        svm.svm_set_print_string_function(_ -> { });
    }

    private TribuoRows() {}

    /** Its names have an order, and it wants one feature at least: the last column is always 1. */
    static <T extends Output<T>> List<Example<T>> examples(SparseRows rows, IntFunction<T> output) {
        var names = new String[rows.width() + 1];
        for (int i = 0; i < names.length; i++) names[i] = "%09d".formatted(i);
        var examples = new ArrayList<Example<T>>();
        for (int row = 0; row < rows.size(); row++) {
            int from = (int) rows.starts()[row], count = (int) rows.starts()[row + 1] - from;
            var some = new String[count + 1];
            var values = new double[count + 1];
            for (int i = 0; i < count; i++) {
                some[i] = names[rows.columns()[from + i]];
                values[i] = rows.values()[from + i];
            }
            some[count] = names[rows.width()];
            values[count] = 1;
            examples.add(new ArrayExample<>(output.apply(row), some, values));
        }
        return examples;
    }

    static <T extends Output<T>> MutableDataset<T> dataset(List<Example<T>> examples, OutputFactory<T> factory) {
        return new MutableDataset<>(examples, new SimpleDataSourceProvenance("rows", factory), factory);
    }

    static byte[] bytes(Model<?> model) {
        try {
            var bytes = new ByteArrayOutputStream();
            model.serializeToStream(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e); // memory does not fail
        }
    }

    static <T extends Output<T>> Model<T> load(byte[] bytes, Class<T> type) {
        try {
            return Model.deserializeFromStream(new ByteArrayInputStream(bytes)).castModel(type);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("ClassicModel: expected a model of Tribuo. " + e.getMessage(), e);
        }
    }
}

package dev.merapi.tabular.model;

import dev.merapi.nn.Layer;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;

/** A model of a table's rows. */
public abstract class TableNet extends Layer {
    /** Shapes: a batch of B rows to (B, outputs): scores of classes, or scaled numbers. */
    public abstract Tensor forward(TableBatch batch);
}

package dev.merapi.compress.quantize;

import dev.merapi.tensor.Tensor;

/** Sees the inputs of a layer, batch by batch, and says which range of them is to be told apart. */
interface Observer {
    void see(Tensor x);

    /** Of what was seen; from 0 to 0 before. */
    Range range();

    /** The numbers between two; what is beyond becomes the nearer end. */
    record Range(double low, double high) {
        static final Range NOTHING = new Range(0, 0);

        static Range of(Tensor x) {
            Tensor flat = x.detach();
            return new Range(flat.min().item(), flat.max().item());
        }
    }
}

package dev.merapi.train;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Torch;

/** Mixed precision where it was asked for, else nothing. */
final class Precision {
    private Precision() {}

    static Guard autocast(Device device, DType type) {
        return type == DType.FLOAT32 ? () -> { } : Torch.autocast(device, type);
    }
}

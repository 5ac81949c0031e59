package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;

/** The generators of the process, one for each device, as one state. */
final class ProcessRng {
    private ProcessRng() {}

    static Tensor state() {
        var parts = new ArrayList<Tensor>();
        try {
            for (Generator generator : generators()) parts.add(Tensor.wrap(generator::get_state));
            return Tensor.cat(parts, 0);
        } finally {
            parts.forEach(Tensor::close);
        }
    }

    static void restore(Tensor state) {
        long from = 0;
        for (Generator generator : generators()) {
            long length;
            try (var now = generator.get_state()) {
                length = now.numel();
            }
            boolean cpu = from == 0;
            if (!cpu && from == state.numel()) return; // saved where fewer devices were
            if (state.dtype() != DType.UINT8 || state.rank() != 1 || state.numel() < from + length) {
                throw new IllegalArgumentException("Torch.rngState: expected a state of at least " + (from + length)
                        + " bytes, as Torch.rngState() returns. Received " + state.describe());
            }
            try (Tensor part = state.narrow(0, from, length); Tensor copy = part.copy()) {
                generator.set_state(copy.unwrap());
            }
            from += length;
        }
    }

    private static List<Generator> generators() {
        var generators = new ArrayList<>(List.of(torch.getDefaultCPUGenerator()));
        for (int i = 0; i < Torch.cudaDevices(); i++) {
            generators.add(torch.globalContext().defaultGenerator(Device.cuda(i).unwrap()));
        }
        return generators;
    }
}

package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import org.bytedeco.pytorch.Work;

/** Tensors from one rank to another: first a header with type and shape, then the values. */
record Messages(Peers peers) {
    private static final int MOST_DIMENSIONS = 8;

    /** Begins to send; closing the guard waits until all is sent. */
    Guard send(Tensor tensor, int to) {
        peers.check();
        if (tensor.rank() > MOST_DIMENSIONS) {
            throw new IllegalArgumentException("ProcessGroup.send: expected at most " + MOST_DIMENSIONS
                    + " dimensions. Received " + tensor.describe());
        }
        Tensor mine;
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            // a copy on the CPU: what is sent may be freed or changed meanwhile
            mine = scope.keep(tensor.detach().to(Device.CPU).contiguous().copy()).owned();
        }
        long[] shape = mine.shape();
        long[] header = new long[MOST_DIMENSIONS + 2];
        header[0] = mine.dtype().ordinal();
        header[1] = shape.length;
        System.arraycopy(shape, 0, header, 2, shape.length);
        Tensor said = Tensor.of(header).owned();
        Tensor flat = mine.view(-1).owned();
        var works = new ArrayList<Work>();
        peers.between("send", to, () -> {
            works.add(peers.data.send(said, to, 0));
            if (flat.numel() > 0) works.add(peers.data.send(flat, to, 1));
        });
        return () -> {
            try {
                for (Work work : works) peers.between("send", to, work::_wait);
            } finally {
                works.forEach(Work::close);
                said.close();
                flat.close();
                mine.close();
            }
        };
    }

    /** What a rank has sent, on the CPU. */
    Tensor receive(int from) {
        try (var scope = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU)) {
            Tensor header = Tensor.zeros(DType.INT64, MOST_DIMENSIONS + 2);
            peers.await("receive", from, () -> peers.data.receive(header, from, 0));
            long[] said = header.toLongs();
            Tensor received = Tensor.empty(DType.values()[(int) said[0]], Arrays.copyOfRange(said, 2,
                    2 + (int) said[1]));
            if (received.numel() > 0) {
                peers.await("receive", from, () -> peers.data.receive(received.view(-1), from, 1));
            }
            return scope.keep(received);
        }
    }
}

package dev.merapi.bench.raw;

import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The CNN of the Keras CIFAR example. Shapes: x (B, 3, 32, 32) to logits (B, 10). */
final class CifarCnn {
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};

    private final Params params = new Params();
    private final Tensor conv1 = params.weight(32, 3, 3, 3);
    private final TensorOptional bias1 = params.vector(0, 32);
    private final Tensor conv2 = params.weight(64, 32, 3, 3);
    private final TensorOptional bias2 = params.vector(0, 64);
    private final Tensor dense = params.weight(64, 64 * 6 * 6);
    private final TensorOptional denseBias = params.vector(0, 64);
    private final Tensor out = params.weight(Training.CLASSES, 64);
    private final TensorOptional outBias = params.vector(0, Training.CLASSES);

    private CifarCnn() {}

    static Step training() {
        var net = new CifarCnn();
        var batches = Training.images(Workload.CIFAR_CNN.items());
        return new Training(net::forward, new FusedAdam(net.params.all()), batches);
    }

    private Tensor forward(Tensor x) {
        Tensor h = torch.conv2d(x, conv1, bias1, ONE, NONE, ONE, 1).relu_();      // (B, 32, 30, 30)
        h = torch.max_pool2d(h, 2, 2);
        h = torch.conv2d(h, conv2, bias2, ONE, NONE, ONE, 1).relu_();             // (B, 64, 13, 13)
        h = torch.max_pool2d(h, 2, 2).flatten(1, -1);                             // (B, 64·6·6)
        h = torch.linear(h, dense, denseBias).relu_();
        return torch.linear(h, out, outBias);
    }
}

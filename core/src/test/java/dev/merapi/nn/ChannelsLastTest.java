package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.merapi.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Images are laid out channels last inside a convolutional net, without a word from its user. */
class ChannelsLastTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Neither the weights nor any image between them is in the plain layout, so no layer copies its input. */
    @Test void everyLayerKeepsTheLayout() {
        var net = new Sequential(new Conv2d(3, 8, 3), new BatchNorm2d(8), new Relu(), new MaxPool2d(2),
                new Residual(new Conv2d(8, 8, 3, 1, 1)), Activation.GELU, new GroupNorm(2, 8), new Dropout(0.1),
                new AvgPool2d(2), new Conv2d(8, 8, 3, ConvOptions.DEFAULT.padding(1).mode(PaddingMode.REFLECT)),
                new ConvTranspose2d(8, 8, 3), new AdaptiveAvgPool2d(4), new AdaptiveMaxPool2d(2));
        var plain = new ArrayList<String>();
        try (var _ = Hooks.listen(net, out -> {
            if (!out.output().isChannelsLast() || out.output().isContiguous()) plain.add(out.path() + " " + out.type());
        })) {
            net.forward(Tensor.randn(2, 3, 24, 24)).square().mean().backward();
        }
        assertEquals(List.of(), plain);
        net.params().forEach((name, p) -> {
            if (p.rank() == 4) assertTrue(p.grad().isChannelsLast(), "gradient of " + name);
        });
    }

    /** One channel fits both layouts, and must still start the channels-last one. */
    @Test void oneChannelStartsItToo() {
        var y = new Conv2d(1, 8, 3).forward(Tensor.randn(2, 1, 12, 12));
        assertTrue(y.isChannelsLast() && !y.isContiguous());
    }

    /** oneDNN's own way of it writes past its memory, which ends the JVM, or gives wrong gradients. */
    @Test void aKernelOfOneTapMovesByTwoOverFewChannels() {
        for (int channels : new int[] {4, 8, 15}) {
            var conv = new Conv2d(channels, 16, 1, ConvOptions.DEFAULT.stride(2).noBias());
            for (int i = 0; i < 10; i++) {
                var x = Tensor.randn(2, channels, 32, 31).requiresGrad_(true);
                var up = Tensor.randn(2, 16, 16, 16);
                conv.forward(x).mul(up).sum().backward();
                Tensor gradient = conv.weight.grad(), back = x.grad();
                conv.params().values().forEach(Tensor::clearGrad);
                var rows = x.detach().slice(2, 0, 32, 2).slice(3, 0, 31, 2).permute(1, 0, 2, 3).reshape(channels, -1);
                var upRows = up.permute(1, 0, 2, 3).reshape(16, -1);
                assertClose(upRows.matmul(rows.transpose(0, 1)), gradient.reshape(16, channels), 1e-4, 1e-3, "weight");
                var seen = back.slice(2, 0, 32, 2).slice(3, 0, 31, 2).permute(1, 0, 2, 3).reshape(channels, -1);
                var weight = conv.weight.detach().reshape(16, channels);
                assertClose(weight.transpose(0, 1).matmul(upRows), seen, 1e-4, 1e-4, "x");
                assertEquals(seen.abs().sum().item(), back.abs().sum().item(), 1e-2, "and nothing elsewhere");
            }
        }
    }

    @Test void conversionsAndLoadingKeepTheWeightsLayout() {
        var conv = new Conv2d(3, 8, 3);
        conv.to(DType.FLOAT64);
        assertTrue(conv.weight.isChannelsLast() && !conv.weight.isContiguous());
        try (var _ = Torch.noGrad()) {
            conv.weight.copy_(Tensor.randn(8, 3, 3, 3));
        }
        assertTrue(conv.weight.isChannelsLast());
    }

    /** Flattening reads images in their logical order, so a checkpoint's next Linear fits. */
    @Test void resultsAreThoseOfThePlainLayout() {
        var conv = new Conv2d(3, 8, 3, 2, 1);
        var x = Tensor.randn(2, 3, 9, 9);
        var plain = F.conv(x, conv.weight.contiguous(), conv.bias, ConvOptions.DEFAULT.stride(2).padding(1));
        assertFalse(plain.isChannelsLast());
        assertClose(plain.flatten(1, -1), new Flatten().forward(conv.forward(x)), 1e-5, 1e-5, "flattened");
    }
}

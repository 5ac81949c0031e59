package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class LayerFormatTest {
    @Test void aSequentialPrintsItsLayers() {
        var model = new Sequential(new Conv2d(3, 16, 3, ConvOptions.SAME.dilation(2)), new BatchNorm2d(16),
                new MaxPool2d(2), new Sequential(new Flatten(), new Dropout(0.25), Activation.GELU, x -> x.mul(2)),
                new Lambda("twice", x -> x.mul(2)), new Linear(64, 10, false));
        assertEquals("""
                Sequential(
                  (0): Conv2d(weight (16, 3, 3, 3), bias (16), in=3, padding=[], dilation=[2])
                  (1): BatchNorm2d(weight (16), bias (16), running_mean (16), running_var (16), \
                num_batches_tracked (), channels=16, eps=1.0E-5, momentum=0.1)
                  (2): MaxPool2d(kernel=[2])
                  (3): Sequential(
                    (0): Flatten(from=1, to=-1)
                    (1): Dropout(p=0.25)
                    (2): GELU()
                    (3): Lambda()
                  )
                  (4): twice
                  (5): Linear(weight (10, 64), in=64)
                )""", model.toString());
        model.close();
        assertEquals("Linear(weight closed, in=64)", model.layers().get("5").toString());
    }

    private static final class Net extends Layer {
        final Linear first = new Linear(2, 3);
        final Map<String, Layer> heads = Map.of("a", new Dropout(0));
        final boolean gated = true;
    }

    @Test void anyLayerPrintsWhatItContains() {
        try (var _ = Scope.open()) {
            assertEquals("""
                    Net(gated=true
                      (first): Linear(weight (3, 2), bias (3), in=2)
                      (heads.a): Dropout(p=0.0)
                    )""", new Net().toString());
        }
    }
}

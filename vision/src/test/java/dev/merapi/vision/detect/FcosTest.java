package dev.merapi.vision.detect;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Summaries;
import dev.merapi.vision.model.Noise;
import dev.merapi.vision.model.ResNet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FcosTest {
    static final ResNet.Config TINY = new ResNet.Config(false, List.of(1, 1, 1), 8, false, false, 32);
    private static final double LN2 = Math.log(2);

    private static Fcos tiny(int classes, Integer... strides) {
        Torch.seed(1);
        return new Fcos(new Fcos.Config(List.of(strides), 32, 1, 0), new ResNet(TINY, 1), classes);
    }

    @Test void namesAndOutputsAreTorchvisions() throws IOException {
        var body = new ResNet.Config(false, List.of(1, 1, 1, 1), 64, false, false, 32);
        var config = new Fcos.Config(List.of(8, 16, 32), 64, 2, 2);
        try (var model = Noise.model(() -> new Fcos(config, new ResNet(body, 1), 3));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            Summaries.assertNames("fcos", model);
            model.eval();
            var raw = model.forward(Noise.of("input", 1, 3, 96, 64));
            Summaries.assertOutputs("fcos", Map.of("scores", raw.scores(), "boxes", raw.boxes(),
                    "centerness", raw.centerness()));
        }
    }

    /** Four places, (4, 4), (12, 4), (4, 12) and (12, 12), of which the first alone is inside of the thing. */
    private static DetectionModel.Raw raw(Tensor scores, Tensor boxes) {
        return new DetectionModel.Raw(scores, boxes, Tensor.zeros(1, 4), List.of(new long[] {2, 2}), 16, 16);
    }

    @Test void lossesByHand() {
        try (var model = tiny(2, 8); var _ = Scope.open()) {
            var things = List.of(List.of(new LabeledBox(new Box(0, 0, 12, 12), 1)));
            var losses = model.losses(raw(Tensor.zeros(1, 4, 2), Tensor.ones(1, 4, 4)), things);
            assertEquals(1, losses.divisor());
            // focal, p = 1/2: 1/4 (1/2)² ln 2 of the one that is there, 3/4 (1/2)² ln 2 of the seven that are not
            assertEquals((0.0625 + 7 * 0.1875) * LN2, losses.classes().item(), 1e-6);
            // one step to each side, where 1/2, 1/2, 1, 1 would be right: 2.25 of 4 are shared, in a box of 4
            assertEquals(1 - 2.25 / 4, losses.boxes().item(), 1e-6);
            // the right centre-ness is √(1/2 · 1/2); p = 1/2 costs ln 2 whatever is right
            assertEquals(LN2, losses.centerness().item(), 1e-6);
            assertEquals(0.5, Fcos.centerness(new double[] {0.5, 0.5, 1, 1}), 1e-9);
            double total = losses.total().item();
            assertEquals(losses.classes().item() + losses.boxes().item() + losses.centerness().item(), total, 1e-6);
        }
    }

    @Test void nothingTeachesThatNothingIsThere() {
        try (var model = tiny(2, 8); var _ = Scope.open()) {
            var hard = new LabeledBox(new Box(0, 0, 12, 12), 1, 144, false, true);
            for (var things : List.of(List.of(List.<LabeledBox>of()), List.of(List.of(hard)))) {
                var losses = model.losses(raw(Tensor.zeros(1, 4, 2), Tensor.ones(1, 4, 4)), things);
                assertEquals(1, losses.divisor());
                assertEquals(8 * 0.1875 * LN2, losses.total().item(), 1e-6);
            }
        }
    }

    /** Of two things at a place the smaller; a large thing belongs to the coarse map. */
    @Test void placesTakeThingsOfTheirSize() {
        try (var model = tiny(3, 8, 16); var _ = Scope.open()) {
            var small = new LabeledBox(new Box(40, 40, 80, 72), 0);
            var smaller = new LabeledBox(new Box(56, 48, 64, 64), 1);
            var large = new LabeledBox(new Box(0, 0, 128, 128), 2);
            // nearer than 12 to (60, 56) are three by two places of the first map, of which two are in the smaller
            assertEquals(6, model.losses(twoMaps(), List.of(List.of(small))).divisor());
            assertEquals(2, model.losses(twoMaps(), List.of(List.of(smaller))).divisor());
            // nearer than 24 to (64, 64) are two by two of the second; from those of the first a side is too far away
            assertEquals(4, model.losses(twoMaps(), List.of(List.of(large))).divisor());
            var raw = twoMaps();
            for (int place : List.of(6 * 16 + 7, 7 * 16 + 7)) { // (60, 52) and (60, 60) are sure of the smaller
                raw.scores().select(0, 0).select(0, place).copy_(Tensor.of(new float[] {-30, 30, -30}));
            }
            var losses = model.losses(raw, List.of(List.of(small, smaller)));
            assertEquals(6, losses.divisor());
            assertEquals((4 * 0.0625 + (960 - 6 - 4) * 0.1875) * LN2 / 6, losses.classes().item(), 1e-4);
        }
    }

    private static DetectionModel.Raw twoMaps() {
        return new DetectionModel.Raw(Tensor.zeros(1, 320, 3), Tensor.ones(1, 320, 4), Tensor.zeros(1, 320),
                List.of(new long[] {16, 16}, new long[] {8, 8}), 128, 128);
    }

    @Test void boxesByHand() {
        try (var model = tiny(2, 8); var _ = Scope.open()) {
            var scores = Tensor.of(new float[] {-9, 4, -9, -9, -9, -9, 2, -9}, 1, 4, 2);
            var boxes = Tensor.of(new float[] {0.25f, 0.5f, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, 1, 4, 4);
            var found = model.select(raw(scores, boxes), new Selection(0.3, 0.6, 10)).getFirst();
            assertEquals(2, found.size());
            assertEquals(new Box(2, 0, 12, 12), found.getFirst().box());
            assertEquals(1, found.getFirst().label());
            assertEquals(Math.sqrt(0.5 / (1 + Math.exp(-4))), found.getFirst().score(), 1e-6);
            assertEquals(new Box(4, 4, 16, 16), found.getLast().box(), "cut to the picture");
            assertEquals(0, found.getLast().label());
        }
    }

    /** A step of gradient descent reaches every weight, and makes the loss smaller. */
    @Test void learns() {
        try (var model = tiny(2, 8, 16)) {
            long before = Scope.live();
            try (var _ = Scope.open()) {
                var batch = new SceneBatch(Tensor.randn(2, 3, 64, 64),
                        List.of(List.of(new LabeledBox(new Box(10, 10, 40, 50), 1)), List.of()));
                var losses = model.losses(model.forward(batch.x()), batch.boxes());
                double loss = losses.total().item();
                losses.total().backward();
                model.params().forEach((name, param) -> {
                    assertTrue(param.grad() != null && param.grad().isFinite().all().itemBoolean(), name);
                    assertTrue(param.grad().abs().sum().item() > 0, name);
                });
                try (var _ = Torch.noGrad()) {
                    model.params().values().forEach(param -> param.sub_(param.grad().mul(0.01)));
                    assertTrue(model.losses(model.forward(batch.x()), batch.boxes()).total().item() < loss);
                }
                model.params().values().forEach(Tensor::clearGrad);
            }
            assertEquals(before, Scope.live());
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("Fcos.Config.channels: expected a multiple of 32. Received 48.",
                assertThrows(IllegalArgumentException.class, () -> new Fcos.Config(List.of(8), 48, 1, 0)).getMessage());
        assertEquals("min_score: expected a probability from 0 to 1. Received 2.0.",
                assertThrows(IllegalArgumentException.class, () -> new Selection(2, 0.5, 1)).getMessage());
        assertArrayEquals(new long[] {0}, Nms.kept(new float[] {0, 0, 1, 1}, new float[] {1}, null, 0.5));
    }
}

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SsdTest {
    private static final double LN3 = Math.log(3);

    private static Ssd tiny(int classes) {
        Torch.seed(1);
        return new Ssd(new Ssd.Config(List.of(16), 1, 0.2, 0.5), new ResNet(FcosTest.TINY, 1), classes);
    }

    @Test void namesAndOutputsOfTheHeadsAreTorchvisions() throws IOException {
        try (var head = Noise.model(() -> new Ssd.Head(List.of(128, 256), 4)); var _ = Scope.open();
                var _ = Torch.noGrad()) {
            Summaries.assertNames("ssd_head", head);
            var maps = List.of(Noise.of("map0", 1, 128, 4, 3), Noise.of("map1", 1, 256, 2, 2));
            Summaries.assertOutputs("ssd_head", Map.of(
                    "scores", DetectionModel.flat(head.classificationHead.forward(maps), 4),
                    "boxes", DetectionModel.flat(head.regressionHead.forward(maps), 4)));
        }
    }

    /** Two maps of one step each, in a picture of 100 by 100: twelve anchors around its middle. */
    private static DetectionModel.Raw raw(Tensor scores, Tensor boxes) {
        return new DetectionModel.Raw(scores, boxes, null, List.of(new long[] {1, 1}, new long[] {1, 1}), 100, 100);
    }

    @Test void anchorsByHand() {
        try (var model = tiny(2); var _ = Scope.open()) {
            var anchors = model.anchors(raw(null, null));
            assertEquals(12, anchors.size());
            assertEquals(1, anchors.get(0).iou(new Box(40, 40, 60, 60)), 1e-9);
            assertEquals(2, anchors.get(1).width() / anchors.get(1).height(), 1e-9);
            assertEquals(400, anchors.get(1).area(), 1e-9);
            assertEquals(100 * Math.sqrt(0.2 * 0.5), anchors.get(5).width(), 1e-9);
            assertEquals(1, anchors.get(6).iou(new Box(25, 25, 75, 75)), 1e-9);
        }
    }

    @Test void lossesByHand() {
        try (var model = tiny(2); var _ = Scope.open()) {
            // as the first anchor; those twice as wide or as high overlap it by 282.84 of 517.16
            var things = List.of(List.of(new LabeledBox(new Box(40, 40, 60, 60), 1)));
            var losses = model.losses(raw(Tensor.zeros(1, 12, 3), Tensor.zeros(1, 12, 4)), things);
            assertEquals(3, losses.divisor());
            // the three, and the nine others, which are three for each
            assertEquals(12 * LN3 / 3, losses.classes().item(), 1e-5);
            // the second and the third have to shrink and grow by √2, 5 ln √2 in the loss's numbers, less 1/2
            assertEquals(4 * (5 * Math.log(Math.sqrt(2)) - 0.5) / 3, losses.boxes().item(), 1e-5);
        }
    }

    /** One thing that a single anchor finds: three others teach, those that are surest of something. */
    @Test void theWorstMistakesTeach() {
        try (var model = tiny(2); var _ = Scope.open()) {
            var things = List.of(List.of(new LabeledBox(new Box(40, 40, 60, 52), 0)));
            var scores = new float[36];
            for (int a = 1; a < 5; a++) scores[3 * a + 2] = a; // the last three of these
            var losses = model.losses(raw(Tensor.of(scores, 1, 12, 3), Tensor.zeros(1, 12, 4)), things);
            assertEquals(1, losses.divisor());
            double expected = LN3;
            for (int a = 2; a < 5; a++) expected += Math.log(2 + Math.exp(a));
            assertEquals(expected, losses.classes().item(), 1e-5);
        }
    }

    @Test void nothingTeachesNothingByBoxes() {
        try (var model = tiny(2); var _ = Scope.open()) {
            var losses = model.losses(raw(Tensor.zeros(1, 12, 3), Tensor.zeros(1, 12, 4)), List.of(List.of()));
            assertEquals(0, losses.total().item());
        }
    }

    @Test void eachThingHasItsBestAnchor() {
        var anchors = List.of(new Box(0, 0, 10, 10), new Box(20, 0, 30, 10), new Box(0, 0, 9, 10));
        var one = new LabeledBox(new Box(0, 0, 10, 10), 0);
        var far = new LabeledBox(new Box(27, 0, 40, 10), 1);
        var crowd = new LabeledBox(new Box(20, 0, 30, 10), 2, 100, true, false);
        var targets = Ssd.targets(anchors, List.of(one, far, crowd));
        assertSame(one, targets[0]);
        assertSame(far, targets[1], "by 3 of 20, and no other is better");
        assertSame(one, targets[2], "by 9 of 10");
        assertTrue(Arrays.stream(Ssd.targets(anchors, List.of())).noneMatch(Objects::nonNull));
        assertArrayEquals(new double[] {10 * 13.5 / 10, 0, 5 * Math.log(1.3), 0},
                Ssd.moves(anchors.get(0), new Box(12, 0, 25, 10)), 1e-9);
    }

    /** What an anchor is told to do brings it to the thing. */
    @Test void movesAreUndoneByBoxes() {
        try (var model = tiny(2); var _ = Scope.open()) {
            var thing = new Box(30, 44, 70, 61);
            var raw = raw(Tensor.zeros(1, 12, 3), Tensor.zeros(1, 12, 4));
            var moves = new float[48];
            var anchors = model.anchors(raw);
            for (int i = 0; i < 48; i++) moves[i] = (float) Ssd.moves(anchors.get(i / 4), thing)[i % 4];
            for (Box box : Boxes.list(model.boxes(raw(null, Tensor.of(moves, 1, 12, 4))).select(0, 0))) {
                assertEquals(1, box.iou(thing), 1e-5);
            }
        }
    }

    @Test void learns() {
        try (var model = tiny(2)) {
            long before = Scope.live();
            try (var _ = Scope.open()) {
                var batch = new SceneBatch(Tensor.randn(2, 3, 64, 64),
                        List.of(List.of(new LabeledBox(new Box(0, 0, 32, 32), 1),
                                new LabeledBox(new Box(33, 33, 46, 46), 0)),
                                List.of()));
                var raw = model.forward(batch.x());
                assertEquals(List.of(4L * 4 * 6 + 2 * 2 * 6, 3L), List.of(raw.scores().size(1), raw.scores().size(2)));
                var losses = model.losses(raw, batch.boxes());
                losses.total().backward();
                model.params().forEach((name, param) -> {
                    assertTrue(param.grad() != null && param.grad().isFinite().all().itemBoolean(), name);
                    assertTrue(param.grad().abs().sum().item() > 0, name);
                });
                model.params().values().forEach(Tensor::clearGrad);
            }
            assertEquals(before, Scope.live());
        }
    }

    @Test void mistakesAreNamed() {
        assertEquals("Ssd.Config: expected a smallest side above 0, and a larger one of at most 1. Received 0.5 and"
                + " 0.5.",
                assertThrows(IllegalArgumentException.class, () -> new Ssd.Config(List.of(8, 16), 0, 0.5, 0.5))
                        .getMessage());
    }
}

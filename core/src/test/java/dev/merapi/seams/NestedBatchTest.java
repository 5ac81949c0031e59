package dev.merapi.seams;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Tree;
import dev.merapi.nn.Linear;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.NotFiniteException;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A batch of records of records moves itself: no task says how. */
class NestedBatchTest {
    private record Points(Tensor x, Tensor mask) { }

    private record Scene(Points points, List<Tensor> images, Map<String, Tensor> labels, Tensor[] boxes, String name,
            int id, long[] sizes) { }

    private static Scene scene() {
        return new Scene(new Points(Tensor.ones(2, 3), null), Arrays.asList(Tensor.ones(1), null, Tensor.ones(4)),
                Map.of("y", Tensor.ones(2)), new Tensor[] {Tensor.ones(5)}, "a", 7, new long[] {1});
    }

    @Test void theDefaultMovesAllOfIt() {
        var moved = new Task<Scene>() {
            @Override public Linear model() { return null; }
            @Override public Pass forward(Scene batch) { return null; }
        }.to(Device.META, scene());
        for (var tensor : List.of(moved.points.x, moved.images.get(0), moved.images.get(2), moved.labels.get("y"),
                moved.boxes[0])) assertEquals(Device.META, tensor.device());
        assertNull(moved.points.mask);
        assertNull(moved.images.get(1));
        assertEquals("a7", moved.name + moved.id);
        assertEquals(Set.of("points.x", "images.0", "images.2", "labels.y", "boxes.0"), Tree.tensors(moved).keySet());
    }

    @Test void whatIsThereAlreadyStaysAsItIs() {
        var scene = scene();
        assertSame(scene, Tree.to(scene, Device.CPU));
        var one = Tree.map(scene, x -> x.rank() == 2 ? x.to(DType.FLOAT64) : x);
        assertEquals(DType.FLOAT64, one.points.x.dtype());
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, one.points.x.toFloats());
        assertSame(scene.images, one.images);
        assertSame(scene.boxes, one.boxes);
    }

    private record Hidden(List<Object> parts) { }

    private record Pair(Tensor a, Tensor b) {
        Pair {
            if (!a.dtype().equals(b.dtype())) throw new IllegalArgumentException("not a pair");
        }
    }

    @Test void whatNobodyCanFindIsNotLeftBehindInSilence() {
        var hidden = new Hidden(List.of(Tensor.ones(1), new AtomicReference<>(Tensor.ones(1))));
        assertSame(hidden, Tree.to(hidden, Device.CPU));
        assertEquals("Tree.to: expected tensors, and records, lists, sets, maps and arrays of them. Received a"
                + " java.util.concurrent.atomic.AtomicReference at parts.1, which may hold tensors that stay where they"
                + " are; make it a record, or override Task.to.",
                assertThrows(IllegalArgumentException.class, () -> Tree.to(hidden, Device.META)).getMessage());
        var pair = new Pair(Tensor.ones(1), Tensor.ones(2));
        assertEquals("could not make a " + Pair.class.getName() + " of other tensors",
                assertThrows(IllegalArgumentException.class,
                        () -> Tree.map(pair, x -> x.size(0) == 1 ? x.to(DType.INT64) : x)).getMessage());
    }

    private record Sample(Points points, Tensor y) { }

    private record Fit(Linear model) implements Task<Sample> {
        @Override public Pass forward(Sample batch) {
            var masked = batch.points.x.mul(batch.points.mask);
            return Pass.of(model.forward(masked).sub(batch.y).square().mean(), batch.y.numel());
        }
    }

    @Test void aNanDeepInsideABatchIsNamed() {
        var samples = Dataset.of(IntStream.range(0, 4).mapToObj(i -> new Sample(
                new Points(Tensor.full(i == 3 ? Double.NaN : i, 3), Tensor.ones(3)), Tensor.ones(1))).toList());
        var trainer = Trainer.of(new Fit(new Linear(3, 1))).optimizer(m -> new Sgd(m, 0.01));
        var message = assertThrows(NotFiniteException.class,
                () -> trainer.fit(Loader.of(samples, 2, Collate.stack()))).getMessage();
        assertTrue(message.contains("The batch itself has a NaN or an infinity in points.x: clean"), message);
    }
}

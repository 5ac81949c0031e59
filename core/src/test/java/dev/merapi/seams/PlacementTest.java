package dev.merapi.seams;

import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Activation;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tensors made where they are to live, and models built without memory. */
class PlacementTest {
    @TempDir Path folder;

    private static final List<Supplier<Tensor>> REAL = List.of(() -> Tensor.empty(2), () -> Tensor.zeros(2),
            () -> Tensor.ones(2), () -> Tensor.rand(2), () -> Tensor.randn(2), () -> Tensor.full(0.5, 2),
            () -> Tensor.arange(0, 1, 0.5), () -> Tensor.linspace(0, 1, 2), () -> Tensor.eye(2));
    private static final List<Supplier<Tensor>> WHOLE = List.of(() -> Tensor.full(3, 2), () -> Tensor.arange(2),
            () -> Tensor.randint(0, 5, 2), () -> Tensor.randperm(2), () -> Tensor.of(new long[] {1, 2}),
            () -> Tensor.zeros(DType.INT64, 2));

    @Test void creationFollowsWhatIsInForce() {
        try (var _ = Scope.open(); var _ = Torch.on(Device.META, DType.BFLOAT16)) {
            for (var make : REAL) assertEquals("bfloat16 meta", kind(make.get()));
            for (var make : WHOLE) assertEquals("int64 meta", kind(make.get()));
            assertEquals("float32 meta", kind(Tensor.of(new float[] {1, 2})));
            assertEquals("float32 meta", kind(Tensor.of(new float[][] {{1}, {2}})));
            assertEquals("bool meta", kind(Tensor.of(new boolean[] {true})));
            assertEquals("float64 cpu", kind(Tensor.empty(Device.CPU, DType.FLOAT64, 2)));
        }
        try (var _ = Scope.open(); var _ = Torch.on(Device.CPU, DType.FLOAT64)) {
            for (var make : REAL) assertEquals("float64 cpu", kind(make.get()));
            assertArrayEquals(new double[] {0, 0.5, 1}, Tensor.linspace(0, 1, 3).toDoubles());
        }
    }

    private static String kind(Tensor t) { return t.dtype() + " " + t.device(); }

    @Test void blocksNestAndEnd() throws Exception {
        try (var _ = Torch.on(Device.META)) {
            assertEquals(Device.META, Torch.device());
            try (var _ = Torch.on(Device.CPU, DType.FLOAT64)) {
                assertEquals(Device.CPU, Torch.device());
                try (var _ = Torch.on(Device.META)) {
                    assertEquals(DType.FLOAT64, Torch.dtype(), "a device alone leaves the type");
                }
            }
            assertEquals(Device.META, Torch.device());
            assertEquals(DType.FLOAT32, Torch.dtype());
            assertEquals(Device.CPU, CompletableFuture.supplyAsync(Torch::device).get(), "other threads' own");
        }
        assertEquals(Device.CPU, Torch.device());
    }

    @Test void whatAnotherThreadOrAVirtualOneMustNotDo() throws Exception {
        Guard guard = Torch.on(Device.META);
        var elsewhere = assertThrows(ExecutionException.class, () -> CompletableFuture.runAsync(guard::close).get());
        guard.close();
        assertTrue(elsewhere.getCause().getMessage().startsWith("Torch.on: expected to be closed on thread "));
        var task = new FutureTask<>(() -> Torch.on(Device.META));
        Thread.startVirtualThread(task);
        var virtual = assertThrows(ExecutionException.class, task::get);
        assertTrue(virtual.getCause().getMessage().startsWith("Torch.on: expected a platform thread. Received a virt"));
        assertEquals("Torch.on: expected float32, float64, float16 or bfloat16. Received int64; tensors of other types"
                + " are made by naming it, as in Tensor.zeros(DType, …).",
                assertThrows(IllegalArgumentException.class, () -> Torch.on(Device.CPU, DType.INT64)).getMessage());
        assertEquals(Device.CPU, Torch.device());
    }

    @Test void likeAnotherTensor() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.empty(Device.META, DType.FLOAT16, 3);
            for (Tensor t : List.of(x.newEmpty(2), x.newZeros(2), x.newOnes(2), x.newFull(4, 2))) {
                assertEquals("float16 (2) meta", t.describe());
            }
            assertEquals("int64 (4) meta", x.newArange(4).describe());
            assertEquals("bool (2, 2) meta", x.newOnes(DType.BOOL, 2, 2).describe());
            Tensor y = Tensor.of(new double[] {1});
            assertArrayEquals(new double[] {0, 0}, y.newZeros(2).toDoubles());
            assertArrayEquals(new double[] {4, 4}, y.newFull(4, 2).toDoubles());
            assertArrayEquals(new long[] {1, 3}, y.newArange(1, 5, 2).toLongs());
            assertEquals("float64 (2) cpu", y.newOnes(2).describe());
        }
    }

    @Test void theDispatcherTakesADevice() {
        try (var _ = Scope.open()) {
            assertEquals("float32 (2) meta",
                    Tensor.call("ones", "", new long[] {2}, DType.FLOAT32, null, Device.META, null).describe());
        }
    }

    @Test void metaHasShapesAndNoValues() {
        try (var _ = Scope.open(); var _ = Torch.on(Device.META)) {
            Tensor x = Tensor.ones(2, 3);
            Tensor y = x.matmul(x.mT()).sigmoid();
            assertEquals("tensor(..., device='meta', size=(2, 2))", y.toString());
            assertEquals("tensor(..., device='meta', size=(3), dtype=torch.int64)", Tensor.arange(3).toString());
            String has = ", which has none; load the weights of its model, or make it on another device.";
            Map<Executable, String> refused = Map.of(() -> y.sum().item(), "item: R float32 ()",
                    () -> y.sum().itemLong(), "item: R float32 ()", y::toFloats, "to: R float32 (2, 2)",
                    y::segment, "segment: R float32 (2, 2)", () -> y.to(Device.CPU), "to: R float32 (2, 2)");
            refused.forEach((ask, said) -> assertEquals("Tensor." + said.replace("R ",
                    "expected a tensor with values. Received ") + " meta" + has,
                    assertThrows(IllegalArgumentException.class, ask).getMessage()));
            try (var _ = Torch.on(Device.CPU)) {
                var error = assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(2, 2).copy_(y));
                String message = error.getMessage();
                assertTrue(message.startsWith("Tensor.copy_: expected a tensor with values, not one on meta"), message);
            }
        }
    }

    @Test void activationsHaveShapesOnMeta() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.empty(Device.META, DType.FLOAT32, 2, 3);
            for (var activation : Activation.values()) {
                assertEquals("float32 (2, 3) meta", activation.forward(x).describe(), activation.name());
            }
        }
    }

    @Test void aLayerOfMetaDrawsNoRandomNumbers() {
        try (var _ = Scope.open()) {
            Tensor before = Torch.rngState();
            try (var _ = Torch.on(Device.META, DType.BFLOAT16); var net = net()) {
                Init.orthogonal(1).apply(net.params().get("3.weight"));
                assertEquals(3 * 8 * 9 + 8 + 16 + 128 * 4 + 4, net.parameterCount());
                assertEquals(Device.META, net.device());
                assertEquals("bfloat16 (5, 4) meta",
                        ((Unary) net.layers().get("3")).forward(Tensor.zeros(5, 128)).describe());
                assertEquals("bfloat16 (8) meta", net.tensors().get("1.running_var").describe());
            }
            assertTrue(Torch.rngState().sameAs(before));
        }
    }

    /** 16 positions of 8 channels after the convolution. */
    private static Sequential net() {
        return new Sequential(new Conv2d(3, 8, 3), new BatchNorm2d(8), new Flatten(), new Linear(128, 4));
    }

    @Test void weightsComeWhereThereIsNoMemory() {
        Path file = folder.resolve("net.safetensors");
        try (var _ = Scope.open(); var saved = net()) {
            Safetensors.save(saved, file);
            Layer[] made = new Layer[2];
            try (var _ = Torch.on(Device.META)) {
                made[0] = net();
            }
            try (var _ = Torch.on(Device.META, DType.BFLOAT16)) {
                made[1] = net();
            }
            try (var same = made[0]; var narrow = made[1]) {
                Param weight = same.params().get("0.weight");
                Weights.open(file).loadInto(same);
                assertSame(weight, same.params().get("0.weight"));
                saved.tensors().forEach((name, t) -> {
                    Tensor loaded = same.tensors().get(name);
                    assertTrue(t.sameAs(loaded), name);
                    assertArrayEquals(t.strides(), loaded.strides(), "the order in memory of " + name);
                    assertEquals(t.requiresGrad(), loaded.requiresGrad(), name);
                });
                Weights.open(file).loadInto(narrow);
                saved.params().forEach((name, t) -> assertTrue(t.detach().to(DType.BFLOAT16)
                        .sameAs(narrow.params().get(name)), name));
                assertEquals("int64 () cpu", narrow.tensors().get("1.num_batches_tracked").describe());

                Tensor x = Tensor.randn(2, 3, 6, 6);
                ((Sequential) same).forward(x).sum().backward();
                assertTrue(weight.grad().isFinite().all().itemBoolean(), "it can be trained");
            }
        }
    }

    /** What training writes stays in the process, and the file may go. */
    @Test void theFileIsLeftAlone() throws Exception {
        Path file = folder.resolve("linear.safetensors");
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var saved = new Linear(3, 2)) {
            Safetensors.save(saved, file);
            byte[] before = Files.readAllBytes(file);
            Linear loaded;
            try (var _ = Torch.on(Device.META)) {
                loaded = new Linear(3, 2);
            }
            Safetensors.load(loaded, file);
            float[] values = loaded.params().get("weight").toFloats();
            loaded.params().get("weight").add_(1);
            assertArrayEquals(before, Files.readAllBytes(file));
            Files.write(file, new byte[3]);
            loaded.params().get("weight").add_(-1);
            assertArrayEquals(values, loaded.params().get("weight").toFloats(), 1e-6f);
            loaded.close();
        }
    }

    private static final class Tied extends Layer {
        final Linear first = new Linear(2, 2, false);
        final Param head = first.params().get("weight");
    }

    @Test void whatIsTiedStaysTied() {
        Path file = folder.resolve("tied.safetensors");
        try (var _ = Scope.open(); var saved = new Tied()) {
            Safetensors.save(saved, file);
            Tied loaded;
            try (var _ = Torch.on(Device.META)) {
                loaded = new Tied();
            }
            try (loaded) {
                Weights.open(file).loadInto(loaded);
                assertSame(loaded.head, loaded.first.params().get("weight"));
                assertNotSame(saved.head, loaded.head);
                assertTrue(saved.head.sameAs(loaded.head));
                var error = assertThrows(IllegalArgumentException.class, () -> {
                    try (var _ = Torch.on(Device.META); var other = new Tied()) {
                        Weights.of(Map.of()).loadInto(other);
                    }
                });
                assertTrue(error.getMessage().contains("missing    first.weight"), error.getMessage());
            }
        }
    }

    @Test void movingAModelWithoutValuesSaysSo() {
        try (var _ = Torch.on(Device.META); var layer = new Linear(2, 1)) {
            assertEquals("Tensor.to: expected a tensor with values. Received float32 (1, 2) meta, which has none; load"
                    + " the weights of its model, or make it on another device.",
                    assertThrows(IllegalArgumentException.class, () -> layer.to(Device.CPU)).getMessage());
        }
        try (var layer = new Linear(2, 1)) {
            layer.to(Device.META);
            assertEquals("float32 (1, 2) meta", layer.params().get("weight").describe());
            assertTrue(layer.params().get("weight").requiresGrad());
        }
    }
}

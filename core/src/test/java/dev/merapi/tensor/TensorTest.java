package dev.merapi.tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TensorTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    @Test void arraysMakeTensorsOfTheirType() {
        assertEquals(DType.FLOAT32, Tensor.of(new float[] {1}).dtype());
        assertEquals(DType.FLOAT64, Tensor.of(new double[] {1}).dtype());
        assertEquals(DType.INT64, Tensor.of(new long[] {1}).dtype());
        assertEquals(DType.INT32, Tensor.of(new int[] {1}).dtype());
        assertEquals(DType.INT16, Tensor.of(new short[] {1}).dtype());
        assertEquals(255, Tensor.of(new byte[] {-1}).itemLong());
        assertTrue(Tensor.of(new boolean[] {true}).itemBoolean());
        assertArrayEquals(new float[] {1, 2, 3, 4}, Tensor.of(new float[][] {{1, 2}, {3, 4}}).toFloats());
        assertArrayEquals(new long[] {1}, Tensor.of(new float[] {5}).shape());
        assertArrayEquals(new long[] {0}, Tensor.of(new float[0]).shape());
        assertArrayEquals(new boolean[] {false, true, true}, Tensor.of(new float[] {0, -1, 0.5f}).toBooleans());
    }

    @Test void numbersMakeFloat32OrInt64() {
        assertEquals(DType.FLOAT32, Tensor.full(1.5, 2).dtype());
        assertEquals(DType.INT64, Tensor.full(1, 2).dtype());
        assertArrayEquals(new long[] {2, 5, 8}, Tensor.arange(2, 10, 3).toLongs());
        assertArrayEquals(new float[] {0, 0.5f, 1}, Tensor.arange(0, 1.5, 0.5).toFloats());
        assertArrayEquals(new float[] {0, 0.5f, 1}, Tensor.linspace(0, 1, 3).toFloats());
        assertEquals(3, Tensor.eye(3).sum().item());
    }

    @Test void typesPromoteAsInPyTorch() {
        var ints = Tensor.of(new int[] {3});
        assertEquals(DType.INT32, ints.add(1).dtype());
        assertEquals(DType.FLOAT32, ints.add(1.5).dtype());
        assertEquals(DType.FLOAT32, ints.div(2).dtype());
        assertEquals(DType.FLOAT64, Tensor.ones(1).add(Tensor.of(new double[] {1})).dtype());
        assertEquals(DType.FLOAT16, Tensor.ones(DType.FLOAT16, 1).mul(ints).dtype());
        assertEquals(DType.INT64, ints.eq(3).sum().dtype());
        // A 0-d tensor does not widen its own kind.
        assertEquals(DType.FLOAT16, Tensor.ones(DType.FLOAT16, 1).mul(Tensor.ones(new long[0])).dtype());
    }

    @Test void shapesBroadcast() {
        var column = Tensor.of(new float[] {1, 2}, 2, 1);
        var row = Tensor.of(new float[] {10, 20, 30});
        assertArrayEquals(new float[] {11, 21, 31, 12, 22, 32}, column.add(row).toFloats());
        fails("Tensor.add: expected shapes that broadcast: at dimension 0 equal sizes or a 1, not 2 and 3. Received"
                + " float32 (2) and float32 (3); reshape or unsqueeze one of them.",
                () -> Tensor.ones(2).add(row));
    }

    @Test void inPlaceOperatorsChangeThisTensorAndReturnIt() {
        var x = Tensor.of(new float[] {1, 2});
        assertEquals(x, x.add_(Tensor.ones(2)).mul_(3).sub_(Tensor.ones(2)).div_(2));
        assertArrayEquals(new float[] {2.5f, 4}, x.toFloats());
    }

    @Test void valuesSurviveEveryConversion() {
        var x = Tensor.of(new float[] {-1.5f, 0, 2});
        for (var type : new DType[] {DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16}) {
            assertArrayEquals(x.toFloats(), x.to(type).to(DType.FLOAT32).toFloats(), type.toString());
        }
        assertArrayEquals(new long[] {-1, 0, 2}, x.to(DType.INT64).toLongs());
        assertEquals(-1.5, x.select(0, 0).item());
    }

    @Test void anAliasSharesMemoryAndLife() {
        var x = Tensor.ones(2);
        var same = x.to(DType.FLOAT32);
        same.add_(1);
        x.close();
        assertArrayEquals(new float[] {2, 2}, same.toFloats());
    }

    @Test void channelsLastKeepsShapeAndValues() {
        var x = Tensor.randn(2, 3, 4, 5);
        var y = x.channelsLast();
        assertTrue(y.isChannelsLast());
        assertFalse(y.isContiguous());
        assertArrayEquals(x.toFloats(), y.toFloats());
    }

    @Test void comparisons() {
        var x = Tensor.of(new double[] {1, Double.NaN});
        assertFalse(x.sameAs(x.copy()));
        assertTrue(Tensor.ones(2).sameAs(Tensor.ones(2)));
        assertTrue(Tensor.ones(2).allClose(Tensor.ones(2).add(1e-7), 1e-5, 0));
        assertFalse(Tensor.ones(2).allClose(Tensor.ones(1), 1e-5, 0));
    }

    @Test void decompositionsRebuildTheMatrix() {
        var x = Tensor.randn(5, 3).to(DType.FLOAT64);
        var svd = x.svd();
        assertTrue(svd.u().mul(svd.s()).matmul(svd.vh()).allClose(x, 1e-10, 1e-10));
        var qr = x.qr();
        assertTrue(qr.q().matmul(qr.r()).allClose(x, 1e-10, 1e-10));
        var symmetric = x.mT().matmul(x);
        var eigh = symmetric.eigh();
        assertTrue(eigh.vectors().mul(eigh.values()).matmul(eigh.vectors().mT()).allClose(symmetric, 1e-10, 1e-10));
    }

    @Test void splitsRebuildTheWhole() {
        var x = Tensor.arange(10);
        assertArrayEquals(x.toLongs(), Tensor.cat(x.chunk(3, 0), 0).toLongs());
        assertArrayEquals(new long[] {7, 8, 9}, x.split(new long[] {7, 3}, 0).getLast().toLongs());
        assertArrayEquals(x.toLongs(), Tensor.stack(x.unbind(0), 0).toLongs());
    }

    @Test void mistakesSayWhatWasExpected() {
        fails("Tensor.of: expected 6 values for shape (2, 3). Received 2", () -> Tensor.of(new float[2], 2, 3));
        fails("Tensor.of: expected rows of 2 values, as row 0 has. Received 1 in row 1",
                () -> Tensor.of(new float[][] {{1, 2}, {3}}));
        fails("Tensor.item: expected one element. Received shape (2); reduce it first, or use toFloats().",
                () -> Tensor.ones(2).item());
        fails("Tensor.size: expected a dimension from -1 to 0. Received 1", () -> Tensor.ones(2).size(1));
        fails("CPU device: expected an index from 0. Received 1", () -> new Device(Device.Kind.CPU, 1));
        fails("Device: expected cpu, cuda, cuda:<index> or auto. Received gpu", () -> Device.parse("gpu"));
        int gpus = Torch.cudaDevices();
        fails("Device: expected one of the " + gpus + " CUDA devices here. Received cuda:" + gpus
                + ". It takes an NVIDIA GPU, its driver, and libtorch's build for CUDA.",
                () -> Tensor.ones(2).to(Device.cuda(gpus)));
    }

    private static void fails(String message, Executable action) {
        var error = assertThrows(IllegalArgumentException.class, action);
        assertEquals(message, error.getMessage());
    }
}

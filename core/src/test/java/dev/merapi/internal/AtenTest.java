package dev.merapi.internal;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Index;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AtenTest {
    private Scope scope;
    private Tensor x;

    @BeforeEach void open() {
        scope = Scope.open();
        x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    }

    @AfterEach void close() { scope.close(); }

    @Test void everyKindOfArgument() {
        var sums = Tensor.call("sum", "dim_IntList", x, new long[] {1}, false, null);
        assertArrayEquals(new float[] {3, 7}, sums.toFloats());
        assertEquals(DType.FLOAT64, Tensor.call("sum", "", x, DType.FLOAT64).dtype());
        assertArrayEquals(new float[] {1, 2, 1, 2},
                Tensor.call("cat", "", new Tensor[] {x.select(0, 0), x.select(0, 0)}, 0).toFloats());
        assertArrayEquals(new float[] {4}, Tensor.call("index", "Tensor", x,
                new Tensor[] {null, Tensor.of(new long[] {1})}).get(Index.at(1)).toFloats());
        assertEquals(4, Tensor.call("upsample_nearest2d", "vec", x.view(1, 1, 2, 2), null, new double[] {2, 2})
                .size(3));
        assertArrayEquals(new float[] {2, 2, 3, 3}, Tensor.call("clamp", "", x, 2, 3.0).toFloats());
        var gradients = Tensor.callAll("convolution_backward", "", x.view(1, 1, 2, 2), x.view(1, 1, 2, 2),
                Tensor.ones(1, 1, 1, 1), null, new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, false,
                new long[] {0, 0}, 1, new boolean[] {true, true, false});
        assertArrayEquals(new float[] {30}, gradients[1].toFloats());
        assertNull(gradients[2]);
        assertArrayEquals(new float[] {3, 4}, Tensor.call("mkldnn::_linear_pointwise", "", x,
                Tensor.eye(2), null, "hardtanh", new Number[] {3.0, 4}, null).select(0, 1).toFloats());
    }

    @Test void wrongArgumentsNameTheSchema() {
        fails("cdist(Tensor x1, Tensor x2, float p, int? compute_mode): expected 4 arguments. Received 3",
                () -> Tensor.call("cdist", "", x, x, 2.0));
        fails("cdist(Tensor x1, Tensor x2, float p, int? compute_mode), argument 2: expected float."
                + " Received String", () -> Tensor.call("cdist", "", x, x, "2", null));
        fails("relu(Tensor self), argument 0: expected Tensor. Received null",
                () -> Tensor.call("relu", "", new Object[] {null}));
        fails("Tensor.call no_such_op: the engine has no operator no_such_op (name, then overload).",
                () -> Tensor.call("no_such_op", ""));
    }

    /** Two shapes that do not fit, as every operator reports them. */
    @Test void theEnginesErrorsHaveOneLineAndItsFramesInTheCause() {
        var error = assertThrows(IllegalArgumentException.class, () -> x.matmul(Tensor.ones(3, 2)));
        assertEquals(1, error.getMessage().lines().count());
        assertTrue(error.getCause().getMessage().startsWith("mat1 and mat2 shapes cannot be multiplied (2x2 and 3x2)"));
        assertTrue(error.getCause().getMessage().contains("frame #0"));
    }

    private static void fails(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}

package dev.merapi.tensor;

import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Mask;
import dev.merapi.nn.PoolOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the engine refuses, in our words: method, expectation, operands, advice. */
class EngineErrorsTest {
    private Scope scope;
    private final Tensor x = Tensor.ones(2, 3).owned();

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() {
        scope.close();
        x.close();
    }

    private static void fails(String message, Executable call) {
        var error = assertThrows(IllegalArgumentException.class, call);
        assertEquals(message, error.getMessage());
        assertInstanceOf(RuntimeException.class, error.getCause(), "the engine's own words");
    }

    @Test void shapes() {
        fails("Tensor.add: expected shapes that broadcast: at dimension 1 equal sizes or a 1, not 3 and 5. Received"
                + " float32 (2, 3) and float32 (4, 5); reshape or unsqueeze one of them.",
                () -> x.add(Tensor.ones(4, 5)));
        fails("Tensor.matmul: expected matrices (n, k) and (k, m), not (2, 3) and (2, 3). Received float32 (2, 3) and"
                + " float32 (2, 3); mT() swaps the last two dimensions.", () -> x.matmul(x));
        fails("Tensor.matmul: expected batches of matrices (b, n, k) and (b, k, m) with k = 3, not 4. Received float32"
                + " (2, 2, 3) and float32 (2, 4, 3); mT() swaps the last two dimensions.",
                () -> Tensor.ones(2, 2, 3).matmul(Tensor.ones(2, 4, 3)));
        fails("Tensor.reshape: expected a shape of 6 elements, not (4, 2). Received float32 (2, 3); one size may be"
                + " -1.", () -> x.reshape(4, 2));
        fails("Tensor.cat: expected equal sizes in every dimension but 0: 3 as in the first, not 5 as in number 1"
                + " (counted from 0). Received float32 (2, 3) and float32 (4, 5).",
                () -> Tensor.cat(List.of(x, Tensor.ones(4, 5)), 0));
        fails("Tensor.stack: expected tensors of one shape: (2, 3) as the first, not (4, 5) as number 1 (counted from"
                + " 0). Received float32 (2, 3) and float32 (4, 5); Tensor.cat joins along a dimension that they have.",
                () -> Tensor.stack(List.of(x, Tensor.ones(4, 5)), 0));
        fails("Tensor.cat: expected at least one tensor.", () -> Tensor.cat(List.of(), 0));
        fails("Tensor.softmax: expected a dimension from -2 to 1, not 5. Received float32 (2, 3).", () -> x.softmax(5));
        fails("Tensor.view: expected a layout in memory that allows this shape without a copy. Received float32 (3,"
                + " 2); use reshape.", () -> x.mT().view(6));
        fails("Tensor.add_: expected a result of this tensor's shape (2, 3), since it is written in place, not (4, 2,"
                + " 3). Received float32 (2, 3) and float32 (4, 2, 3); use the operator without _.",
                () -> x.add_(Tensor.ones(4, 2, 3)));
        fails("Tensor.inverse: expected square matrices, not (2, 3). Received float32 (2, 3).", x::inverse);
        fails("Tensor.inverse: expected a matrix that has an inverse; this one is singular. Received float32 (2, 2).",
                () -> Tensor.zeros(2, 2).inverse());
    }

    @Test void types() {
        fails("Tensor.matmul: expected tensors of one type. Received float32 (2, 3) and int64 (3, 2); convert with"
                + " to(DType).", () -> x.matmul(Tensor.ones(DType.INT64, 3, 2)));
        fails("Tensor.softmax: this operator is not made for int64. Received int64 (2); convert with to(DType).",
                () -> Tensor.arange(2).softmax(0));
        fails("Tensor.mean: expected a floating-point tensor. Received int64 (2); convert with to(DType).",
                () -> Tensor.arange(2).mean());
        fails("Tensor.add_: expected a result of this tensor's type int64, since it is written in place, not float32."
                + " Received int64 (2) and float32 (2); use the operator without _, or convert with to(DType).",
                () -> Tensor.arange(2).add_(Tensor.ones(2)));
        fails("Tensor.allClose: expected tensors of one type. Received float32 (2) and int64 (2); convert with"
                + " to(DType).", () -> Tensor.ones(2).allClose(Tensor.arange(2), 0, 0));
        fails("Tensor.requiresGrad_: expected a floating-point or complex tensor, for gradients. Received int64 (2);"
                + " convert with to(DType).", () -> Tensor.arange(2).requiresGrad_(true));
    }

    @Test void indices() {
        fails("Tensor.indexSelect: expected indices below the size of that dimension. Received float32 (2, 3) and"
                + " int64 (1).", () -> x.indexSelect(0, Tensor.of(new long[] {7})));
        fails("Tensor.get: expected indices below 2, the size of dimension 0, not 7. Received float32 (2, 3) and int64"
                + " (1).", () -> x.get(Index.by(Tensor.of(new long[] {7}))));
        fails("Tensor.gather: expected an index of int64 or int32. Received float32 (2, 3) and float32 (2, 3); convert"
                + " with to(DType).", () -> x.gather(0, x));
    }

    @Test void kernels() {
        var weight = Tensor.ones(4, 3, 5, 5);
        fails("F.conv: expected x of at least the kernel's size (5 x 5), not (2 x 2) with its padding. Received float32"
                + " (1, 3, 2, 2) and float32 (4, 3, 5, 5); pad it, or use a smaller kernel.",
                () -> F.conv(Tensor.ones(1, 3, 2, 2), weight, null, ConvOptions.DEFAULT));
        fails("F.conv: expected x with 3 channels for a weight of shape (4, 3, 5, 5) and 1 groups, not 2. Received"
                + " float32 (1, 2, 8, 8) and float32 (4, 3, 5, 5).",
                () -> F.conv(Tensor.ones(1, 2, 8, 8), weight, null, ConvOptions.DEFAULT));
        fails("F.maxPool2d: expected x of at least the kernel's size. Received float32 (1, 3, 2, 2); pad it, or use a"
                + " smaller kernel.", () -> F.maxPool2d(Tensor.ones(1, 3, 2, 2), 3));
        assertEquals("F.avgPool: expected 1 to 2 axes after the first two. Received (2, 3).", assertThrows(
                IllegalArgumentException.class, () -> F.avgPool2d(x, 2)).getMessage());
    }

    @Test void gradients() {
        var w = Tensor.ones(2).requiresGrad_(true);
        var loss = w.square().sum();
        loss.backward();
        fails("Tensor.backward: an earlier backward has freed the graph. Received float32 (); keep it there by"
                + " backward(gradient, true), or compute the forward pass again.", loss::backward);
        fails("Tensor.backward: expected a tensor that records gradients. Received float32 (2, 3); call"
                + " requiresGrad_(true) on a leaf it depends on, and compute outside of Torch.noGrad().", x::backward);
        fails("Tensor.backward: expected a 0-d tensor, such as a loss. Received float32 (2); reduce it with sum() or"
                + " mean(), or give backward its gradient.", () -> w.square().backward());
        fails("Tensor.add_: a leaf that records gradients is not changed in place. Received float32 (2); use the"
                + " operator without _, or work inside Torch.noGrad().", () -> w.add_(1));
        var e = w.exp();
        var sum = e.sum();
        e.add_(1);
        fails("Tensor.backward: a tensor that backward needs was changed in place since. Received float32 (); use the"
                + " operator without _, or change a copy().", sum::backward);
        Tensor inferred;
        try (var _ = Torch.inference()) {
            inferred = Tensor.ones(2);
        }
        fails("Tensor.mul: expected a tensor made outside of Torch.inference(). Received float32 (2) and float32 (2);"
                + " make it inside Torch.noGrad(), or use its copy().", () -> w.mul(inferred));
    }

    @Test void anOperatorOfTheEngine() {
        fails("Tensor.call huber_loss: expected shapes that broadcast: at dimension 0 equal sizes or a 1, not 2 and 3."
                + " Received float32 (2) and float32 (3); reshape or unsqueeze one of them.",
                () -> Tensor.call("huber_loss", "", Tensor.ones(2), Tensor.ones(3), 1, 1.0));
        fails("Tensor.call no_such: the engine has no operator no_such (name, then overload). Received float32 (2, 3).",
                () -> Tensor.call("no_such", "", x));
    }

    @Test void manyOperandsAreCutShort() {
        var parts = Stream.generate(() -> x).limit(20).toList();
        fails("Tensor.cat: expected a dimension from -2 to 1, not 2. Received " + "float32 (2, 3), ".repeat(5)
                + "float32 (2, 3) and 14 more.", () -> Tensor.cat(parts, 2));
    }

    // ---- every public operator

    private static final Pattern FOREIGN = Pattern.compile("(?i)retain_graph|python|c10|aten|"
            + "torch\\.(?!noGrad|inference)|"
            + "\\bat::|TORCH_|raised from|tuple|Variable|CPU\\w*Type|(?:Long|Bool|Float)Tensor|TensorList|\\bdouble\\b|"
            + "\\bfloat\\b|\\blong\\b|report|grad_fn|_kernel|\\$");
    private static final int CHOICES = 30; // of arguments
    private static final Set<String> NO_OPERATORS = Set.of("close", "owned", "unwrap", "wrap", "call", "callAll",
            "segment", "onGradient");

    @Test void noMessageSpeaksOfTheEngine() throws Exception { sweep(1, 100); }

    @Tag("proof")
    @Test void noMessageOfMoreCallsSpeaksOfTheEngine() throws Exception { sweep(CHOICES, 1000); }

    private void sweep(int calls, int least) throws Exception {
        var values = values();
        var faults = new ArrayList<String>();
        int refused = 0;
        for (var type : List.of(Tensor.class, F.class)) {
            for (var method : type.getDeclaredMethods()) {
                if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()
                        || NO_OPERATORS.contains(method.getName())) continue;
                for (int i = 0; i < calls; i++) {
                    int choice = Math.floorMod(method.toString().hashCode() + i, CHOICES); // the same in each run
                    refused += refuses(method, values, choice, faults) ? 1 : 0;
                }
            }
        }
        assertEquals(List.of(), faults);
        assertTrue(refused >= least, refused + " calls were refused");
    }

    /** Calls a method with the i-th wrong arguments; false where the engine accepts them. */
    private boolean refuses(Method method, Map<Class<?>, Object[]> values, int i, List<String> faults)
            throws IllegalAccessException {
        var types = method.getParameterTypes();
        var arguments = new Object[types.length];
        int pick = i;
        for (int k = 0; k < types.length; k++) {
            var choice = method.getGenericParameterTypes()[k].getTypeName().contains("Integer")
                    ? new Object[] {List.of(5), List.of(2, 2)} : values.get(types[k]);
            if (types[k].isEnum() && choice == null) choice = types[k].getEnumConstants();
            if (choice == null) return false; // such as the arrays of Tensor.of, which have checks of their own
            arguments[k] = choice[pick % choice.length];
            pick += pick / choice.length + 1; // not in step with the parameter before
        }
        var receivers = List.of(x, Tensor.arange(2), Tensor.zeros(), Tensor.ones(DType.BOOL, 2, 3, 4));
        try (var _ = Scope.open()) {
            method.invoke(receivers.get(i % receivers.size()).copy(), arguments);
            return false;
        } catch (InvocationTargetException e) {
            String fault = fault(method, arguments, e.getCause());
            if (fault != null) {
                faults.add(fault + ": " + method.getName() + Arrays.deepToString(arguments) + ": " + e.getCause());
            }
            return true;
        }
    }

    /** What is wrong with an error's message, or null. */
    private static String fault(Method method, Object[] arguments, Throwable error) {
        if (!(error instanceof IllegalArgumentException)) return "no IllegalArgumentException";
        if (FOREIGN.matcher(error.getMessage()).find()) return "the engine's words";
        if (error.getCause() == null) return null; // a check of our own, made before
        String where = method.getDeclaringClass().getSimpleName() + "." + method.getName() + ": ";
        if (!error.getMessage().startsWith(where)) return "not where it was";
        boolean hasOperands = !Modifier.isStatic(method.getModifiers())
                || Stream.of(arguments).anyMatch(Tensor.class::isInstance);
        boolean namesThem = error.getMessage().matches(".*Received \\w+ \\([\\d, ]*\\).*");
        return hasOperands && !namesThem ? "no operands" : null;
    }

    private Map<Class<?>, Object[]> values() {
        var values = new HashMap<Class<?>, Object[]>();
        values.put(Tensor.class, new Object[] {Tensor.ones(4, 5), Tensor.arange(7), Tensor.ones(DType.FLOAT64, 3, 2),
                Tensor.ones(DType.BOOL, 2), Tensor.full(9, 2), Tensor.zeros()});
        values.put(List.class, new Object[] {List.of(x, Tensor.ones(4, 5)), List.of(), List.of(x, Tensor.arange(3))});
        values.put(long.class, new Object[] {5L, -4L, 0L});
        values.put(int.class, new Object[] {5, -1});
        values.put(double.class, new Object[] {-1.5, 2.0});
        values.put(boolean.class, new Object[] {false, true});
        values.put(Number.class, new Object[] {1.5, 2});
        values.put(String.class, new Object[] {"ij,jk->ik", "nonsense"});
        values.put(long[].class, new Object[] {new long[] {7, 7}, new long[] {5}, new long[] {-9}, new long[] {0, 0},
                new long[] {-1, -1}, new long[5]});
        values.put(Tensor[].class, new Object[] {new Tensor[] {x, Tensor.arange(3)}});
        values.put(Index[].class, new Object[] {new Index[] {Index.by(Tensor.of(new long[] {9}))},
                new Index[] {Index.at(7)}});
        values.put(Device.class, new Object[] {Device.CPU});
        values.put(ConvOptions.class, new Object[] {ConvOptions.DEFAULT, ConvOptions.SAME});
        values.put(PoolOptions.class, new Object[] {PoolOptions.DEFAULT});
        values.put(Mask.class, new Object[] {Mask.causal()});
        return values;
    }
}

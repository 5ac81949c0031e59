package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReplaceTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Everything a layer may stand in. */
    private static final class Places extends Layer {
        Unary free = new Linear(2, 2);
        Linear typed = new Linear(2, 2);
        final Unary fixed = new Linear(2, 2);
        final List<Linear> list = new ArrayList<>(List.of(new Linear(2, 2), new Linear(2, 2)));
        final Map<String, Unary> map = new LinkedHashMap<>(Map.of("a", new Linear(2, 2)));
        final List<Unary> frozen = List.of(new Linear(2, 2));
        final Sequential shared = new Sequential(free, free);
    }

    /** Twice what the layer in it gives, under its names. */
    private static final class Twice extends Layer implements Unary {
        @Name("") final Layer inner;

        Twice(Layer inner) { this.inner = inner; }

        @Override public Tensor forward(Tensor x) { return ((Unary) inner).forward(x).mul(2); }
    }

    @Test void fieldsListsAndMaps() {
        var places = new Places();
        var names = places.tensors().keySet();
        var now = new Linear(2, 2);
        places.replace((path, layer) -> switch (path) {
            case "free", "map.a" -> new Twice(layer);
            case "list.1" -> now;
            default -> layer;
        });
        assertTrue(places.free instanceof Twice && places.map.get("a") instanceof Twice);
        assertSame(now, places.list.get(1));
        assertEquals(names, places.tensors().keySet());
        assertSame(places.free, places.shared.layers.get(1), "one layer in several places is replaced in all");
        assertSame(places.free, places.layers().get("free"), "of two with one name, the outer one");
        assertEquals("free", ((Twice) places.free).inner.path());
    }

    @Test void asksOncePerLayerAndNotInsideWhatComes() {
        var places = new Places();
        var asked = new ArrayList<String>();
        places.replace((path, layer) -> {
            asked.add(path);
            return path.equals("free") ? new Sequential((Unary) layer) : layer;
        });
        assertEquals(List.of("free", "typed", "fixed", "list.0", "list.1", "map.a", "frozen.0", "shared"), asked);
    }

    @Test void whatDoesNotFitSaysWhyAndChangesNothing() {
        refused("typed", "typed: expected a Linear, the type of Places.typed. Received a Twice.");
        refused("list.1", "list.1: expected a Linear, the type of Places.list. Received a Twice.");
        refused("fixed", "fixed: expected a place that can be changed. Received Places.fixed, which is final; leave"
                + " that out where it is declared.");
        refused("frozen.0", "frozen.0: expected a place that can be changed. Received Places.frozen, which cannot be"
                + " modified; hold an ArrayList or a LinkedHashMap there.");
        var e = assertThrows(IllegalArgumentException.class, () -> new Places().replace((_, _) -> null));
        assertEquals("Layer.replace: expected a layer for free. Received null; return the layer itself to leave it.",
                e.getMessage());
    }

    private static void refused(String where, String message) {
        var places = new Places();
        var before = places.layers();
        BiFunction<String, Layer, Layer> by = (path, layer) -> path.equals("free") || path.equals(where)
                ? new Twice(layer) : layer;
        var e = assertThrows(IllegalArgumentException.class, () -> places.replace(by));
        assertEquals(message, e.getMessage());
        assertEquals(before, places.layers());
    }

    /** Twice would be wrong in a rewritten list that was made before. */
    @Test void sequentialRunsWhatStandsInItNow() {
        var linear = new Linear(2, 2);
        Init.ones().apply(linear.weight);
        Init.zeros().apply(linear.bias);
        var net = new Sequential(linear, new Relu());
        var x = Tensor.of(new float[] {1, 2}, 1, 2);
        assertArrayEquals(new float[] {3, 3}, net.forward(x).toFloats());
        net.replace((_, layer) -> layer == linear ? new Twice(layer) : layer);
        assertArrayEquals(new float[] {6, 6}, net.forward(x).toFloats());
        assertTrue(net.forward(x.mul(-1)).max().item() == 0, "the ReLU is still there");
    }

    @Test void whatComesTakesOverTheMode() {
        var net = new Sequential(new Dropout(0.5), new Linear(2, 2));
        net.eval();
        net.replace((path, layer) -> path.equals("1") ? new Twice(layer) : new Dropout(0.9));
        net.layers().values().forEach(layer -> assertFalse(layer.isTraining(), layer.toString()));
        net.train(); // also what stands under another's name
        assertTrue(((Twice) net.layers.get(1)).inner.isTraining());
    }

    @Test void mapGivesOtherValues() {
        var linear = new Linear(2, 2);
        var net = new Sequential(linear, linear, new BatchNorm1d(2));
        var asked = new ArrayList<String>();
        float[] before = linear.weight.toFloats();
        net.map((name, t) -> {
            asked.add(name);
            return name.endsWith("weight") ? t.mul(2).to(DType.FLOAT64) : t;
        });
        assertEquals(List.of("0.weight", "0.bias", "2.weight", "2.bias", "2.running_mean", "2.running_var",
                "2.num_batches_tracked"), asked);
        assertEquals(2 * before[3], linear.weight.toFloats()[3]);
        assertEquals(DType.FLOAT64, linear.weight.dtype());
        assertEquals(DType.FLOAT32, linear.bias.dtype());
        assertTrue(linear.weight.isLeaf() && linear.weight.isTrainable());
        var e = assertThrows(IllegalArgumentException.class, () -> net.map((_, t) -> t.flatten().narrow(0, 0, 1)));
        assertEquals("Tensor.set: expected shape (2, 2). Received (1)", e.getMessage());
    }
}

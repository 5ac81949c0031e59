package dev.merapi.protect.federated;

import dev.merapi.nn.Layer;
import dev.merapi.nn.NamePattern;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A model's weights as one row of numbers, in the order of their names: what server and clients send one another.
 * States of integers, and what is said to stay with the clients, are left out.
 */
final class Layout {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final int size;

    private Layout(Layer model, Predicate<String> names) {
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var sorted = new TreeMap<>(model.tensors());
        long numbers = 0;
        for (var entry : sorted.entrySet()) {
            Tensor tensor = entry.getValue();
            if (!tensor.dtype().isFloating() || !names.test(entry.getKey()) || !seen.add(tensor)) continue;
            shapes.put(entry.getKey(), tensor.shape());
            numbers += tensor.numel();
        }
        Expect.that(numbers < Integer.MAX_VALUE / 8, "Federation", "a model of up to " + Integer.MAX_VALUE / 8
                + " numbers", numbers);
        size = (int) numbers;
    }

    /**
     * What is shared.
     *
     * @param personal names of what stays with each client, such as {@code fc.*}; empty for none
     */
    static Layout shared(Layer model, String personal) {
        var layout = new Layout(model, personal(personal).negate());
        Expect.that(layout.size > 0, "Federation.personal", "a part of the model that is shared", personal);
        return layout;
    }

    /** The rest. */
    static Layout personal(Layer model, String personal) { return new Layout(model, personal(personal)); }

    private static Predicate<String> personal(String names) {
        return names.isEmpty() ? _ -> false : NamePattern.of(names);
    }

    /** How many numbers. */
    int size() { return size; }

    /** A hash of names and shapes, equal for the same architecture. */
    String fingerprint() {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            shapes.forEach((name, shape) ->
                    hash.update((name + Shapes.toString(shape) + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(hash.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    /** A copy of the model's numbers. */
    float[] read(Layer model) {
        var all = new float[size];
        var tensors = model.tensors();
        int at = 0;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (String name : shapes.keySet()) {
                float[] some = tensors.get(name).detach().to(DType.FLOAT32).contiguous().flatten().toFloats();
                System.arraycopy(some, 0, all, at, some.length);
                at += some.length;
            }
        }
        return all;
    }

    /** Gives the model these numbers. */
    void write(Layer model, float[] all) {
        Expect.that(all.length == size, "Federation", size + " numbers for the model", all.length);
        var tensors = model.tensors();
        int at = 0;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (var entry : shapes.entrySet()) {
                int count = (int) Shapes.numel(entry.getValue());
                Tensor value = Tensor.of(Arrays.copyOfRange(all, at, at + count), entry.getValue());
                Tensor own = tensors.get(entry.getKey());
                if (own instanceof Param || own instanceof State) own.copy_(value.to(own.device()).to(own.dtype()));
                at += count;
            }
        }
    }

    /** The numbers of trained parameters' gradients, with those of {@code correction} added in place. */
    void addToGradients(Layer model, float[] correction) {
        var tensors = model.tensors();
        int at = 0;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (var entry : shapes.entrySet()) {
                int count = (int) Shapes.numel(entry.getValue());
                if (tensors.get(entry.getKey()) instanceof Param p && p.isTrainable() && p.grad() != null) {
                    Tensor some = Tensor.of(Arrays.copyOfRange(correction, at, at + count), entry.getValue());
                    p.grad().add_(some.to(p.device()).to(p.dtype()));
                }
                at += count;
            }
        }
    }
}

package dev.merapi.text.model.causal;

import dev.merapi.io.Changes;
import dev.merapi.io.Weights;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells models from each other. */
final class Identity {
    private static final long SOME = 64; // numbers of each tensor: training moves nearly all

    private static final long PIECE = 1 << 22; // numbers that are hashed at a time

    private Identity() {}

    /** By settings, and by all values as they are now. */
    static String of(CausalLm model) {
        var hash = sha256();
        add(hash, model.config().toString());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            new TreeMap<>(model.tensors()).forEach((name, values) -> {
                add(hash, name + " " + values.dtype() + Arrays.toString(values.shape()));
                add(hash, values);
            });
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    /** By settings, changes, and names, shapes and first values of all saved tensors, of which little is read. */
    static String of(Weights weights, Record config) {
        var hash = sha256();
        add(hash, config + Changes.in(weights.metadata()));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (String name : new TreeSet<>(weights.names())) {
                add(hash, name + " " + weights.dtype(name) + Arrays.toString(weights.shape(name)));
                add(hash, weights.first(name, SOME));
            }
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    static void add(MessageDigest hash, String text) { hash.update(text.getBytes(StandardCharsets.UTF_8)); }

    static void add(MessageDigest hash, Tensor values) {
        Tensor here = values.detach().to(Device.CPU).contiguous().flatten();
        for (long from = 0; from < here.numel(); from += PIECE) {
            try (var _ = Scope.open()) {
                Tensor piece = here.narrow(0, from, Math.min(PIECE, here.numel() - from));
                hash.update(Tensor.call("view", "dtype", piece, DType.UINT8).toBytes());
            }
        }
    }
}

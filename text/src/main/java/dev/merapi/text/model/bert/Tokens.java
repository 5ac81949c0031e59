package dev.merapi.text.model.bert;

import dev.merapi.data.Tree;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Signature;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Sequences of tokens, filled up to the longest. B batch, T tokens.
 *
 * @param ids of the tokens (B, T), int64
 * @param typeIds of the segment that each token is in (B, T), int64; null where all are 0
 * @param mask bool (B, T), true at tokens and false at padding; null where there is no padding, which is faster
 */
public record Tokens(Tensor ids, Tensor typeIds, Tensor mask) {
    public Tokens {
        check("ids", ids, "int64 of shape (B, T)", ids.rank() == 2 && ids.dtype() == DType.INT64);
        String shape = Shapes.toString(ids.shape()) + ", as the ids";
        check("typeIds", typeIds, "int64 of shape " + shape,
                typeIds == null || typeIds.dtype() == DType.INT64 && sameShape(ids, typeIds));
        check("mask", mask, "bool of shape " + shape,
                mask == null || mask.dtype() == DType.BOOL && sameShape(ids, mask));
    }

    /** What goes into a model of tokens, with the names of Hugging Face's files. */
    static Signature signature(Layer model, BertConfig config, String output, Function<Tokens, Tensor> forward) {
        var inputs = new ArrayList<>(List.of(Signature.ids("input_ids", config.vocabSize(), "batch", "tokens"),
                new Signature.Input("attention_mask", DType.INT64, List.of("batch", "tokens"),
                        shape -> Tensor.ones(DType.INT64, shape))));
        int types = config.typeVocabSize();
        if (types > 0) inputs.add(Signature.ids("token_type_ids", types, "batch", "tokens"));
        return new Signature(model, inputs, List.of(output), x -> List.of(forward.apply(new Tokens(x.get(0),
                x.size() > 2 ? x.get(2) : null, x.get(1).ne(0)))));
    }

    private static boolean sameShape(Tensor a, Tensor b) { return Arrays.equals(a.shape(), b.shape()); }

    private static void check(String part, Tensor received, String expected, boolean ok) {
        if (!ok) throw Expect.error("Tokens." + part, expected, received.describe());
    }

    /** Sequences of one length and one segment, ids (B, T). */
    public static Tokens of(Tensor ids) { return new Tokens(ids, null, null); }

    /** Sequences of one segment, filled up with {@code padding}. */
    public static Tokens of(List<long[]> ids, long padding) { return of(ids, null, padding); }

    /**
     * Sequences filled up with {@code padding}.
     *
     * @param typeIds for each id; null where all are 0
     * @throws IllegalArgumentException if there is no sequence, or one without a token
     */
    public static Tokens of(List<long[]> ids, List<long[]> typeIds, long padding) {
        int longest = ids.stream().mapToInt(row -> row.length).max().orElse(0);
        int shortest = ids.stream().mapToInt(row -> row.length).min().orElse(0);
        if (shortest == 0) {
            throw new IllegalArgumentException("Tokens.of: expected at least one sequence, and a token in each."
                    + " Received " + ids.size() + " sequences of lengths from " + shortest + " to " + longest);
        }
        Tensor padded = Tensor.of(fill(ids, longest, padding), ids.size(), longest);
        Tensor types = typeIds == null ? null : Tensor.of(fill(typeIds, longest, 0), ids.size(), longest);
        return new Tokens(padded, types, shortest == longest ? null : mask(ids, longest));
    }

    static long[] fill(List<long[]> rows, int length, long padding) {
        var filled = new long[rows.size() * length];
        Arrays.fill(filled, padding);
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, filled, i * length, rows.get(i).length);
        }
        return filled;
    }

    private static Tensor mask(List<long[]> rows, int length) {
        var mask = new boolean[rows.size() * length];
        for (int i = 0; i < rows.size(); i++) Arrays.fill(mask, i * length, i * length + rows.get(i).length, true);
        return Tensor.of(mask, rows.size(), length);
    }

    /** Number of sequences B. */
    public int size() { return (int) ids.size(0); }

    /** What attention must not look at. */
    Mask attention() { return mask == null ? Mask.NONE : Mask.padding(mask.not()); }

    /** These tokens with all their tensors on a device. */
    public Tokens to(Device device) { return Tree.to(this, device); }
}

package dev.merapi.explain.attention;

import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a language model would say after each of its blocks: what a block has found goes to the end of the model at once
 * (nostalgebraist 2020, "interpreting GPT: the logit lens").
 *
 * <p>L blocks, T tokens, V vocabulary.
 *
 * @param layers paths of the blocks, the last of which says what the model says
 * @param probabilities of the token after each of the prompt's (L, T, V), row by row
 */
public record LogitLens(List<String> layers, float[][][] probabilities) {
    /**
     * Through a language model.
     *
     * @param ids of a prompt (1, T)
     */
    public static <M extends Layer & Unary> LogitLens of(M model, Tensor ids) {
        var found = new LinkedHashMap<String, Tensor>();
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            try (var _ = Hooks.listen(model, call -> {
                if (call.type().equals("Block")) found.put(call.path(), call.output());
            })) {
                model.forward(ids);
            }
            Expect.that(!found.isEmpty(), "LogitLens", "a model of blocks, such as Gpt2 or Llama",
                    model.getClass().getSimpleName());
            var layers = List.copyOf(found.keySet());
            String last = layers.getLast();
            var all = new ArrayList<float[][]>();
            for (var state : found.values()) {
                try (var _ = Scope.open(); var _ = Hooks.around(model,
                        call -> call.path().equals(last) ? state : call.output())) {
                    all.add(rows(model.forward(ids).softmax(-1).select(0, 0)));
                }
            }
            return new LogitLens(layers, all.toArray(float[][][]::new));
        }
    }

    private static float[][] rows(Tensor matrix) {
        var rows = new float[Math.toIntExact(matrix.size(0))][];
        for (int i = 0; i < rows.length; i++) rows[i] = matrix.select(0, i).toFloats();
        return rows;
    }

    /** The most probable token after each of the prompt's, by a block. */
    public int[] best(int layer) {
        var best = new int[probabilities[layer].length];
        for (int t = 0; t < best.length; t++) {
            float[] row = probabilities[layer][t];
            for (int v = 1; v < row.length; v++) if (row[v] > row[best[t]]) best[t] = v;
        }
        return best;
    }
}

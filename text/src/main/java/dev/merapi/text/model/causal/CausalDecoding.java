package dev.merapi.text.model.causal;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import java.util.List;

/** Goes on with prompts. */
final class CausalDecoding implements Decoding {
    private final CausalLm model;
    private final KvCache cache;
    private Tensor logits; // (B, V)

    CausalDecoding(CausalLm model, List<long[]> prompts, int longest, int newTokens) {
        this.model = model;
        var starts = new long[prompts.size()];
        var filled = new long[prompts.size() * longest]; // by 0, which no token sees
        for (int i = 0; i < starts.length; i++) {
            long[] prompt = prompts.get(i);
            starts[i] = longest - prompt.length;
            System.arraycopy(prompt, 0, filled, i * longest + (int) starts[i], prompt.length);
        }
        cache = model.cache(longest + newTokens, starts);
        try {
            logits = next(Tensor.of(filled, starts.length, longest));
        } catch (RuntimeException e) {
            cache.close();
            throw e;
        }
    }

    @Override public Tensor logits() { return logits; }

    @Override public void read(Tensor ids) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            replaceLogits(next(ids.unsqueeze(1)));
        }
    }

    private Tensor next(Tensor ids) {
        Tensor hidden = model.hidden(ids.to(model.device()), cache);
        return model.logits(hidden.select(1, -1)).owned();
    }

    @Override public void select(Tensor rows) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor there = rows.to(model.device());
            cache.select(there);
            replaceLogits(logits.indexSelect(0, there).owned());
        }
    }

    private void replaceLogits(Tensor next) {
        logits.close();
        logits = next;
    }

    @Override public void close() {
        logits.close();
        cache.close();
    }
}

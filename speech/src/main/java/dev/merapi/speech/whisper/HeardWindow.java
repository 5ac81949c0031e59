package dev.merapi.speech.whisper;

import dev.merapi.nn.KeysValues;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import java.util.Arrays;
import java.util.List;

/**
 * A window of sound that was heard, and whose text can be written from prompts, by text's generator: what the decoder
 * reads of the sound is computed once, whatever is written. It lives until it is closed.
 */
final class HeardWindow implements Generative, AutoCloseable {
    private final Whisper model;
    private final List<KeysValues> sounds; // of each layer (1, H, S, D), owned

    /** @param features (1, M, 2 · S), on the model's device */
    HeardWindow(Whisper model, Tensor features) {
        this.model = model;
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            sounds = model.decoder.sounds(model.encode(features)).stream()
                    .map(s -> new KeysValues(s.keys().contiguous().owned(), s.values().contiguous().owned())).toList();
        }
    }

    /** Logits (V) of the token after these, float32. */
    Tensor next(long... ids) {
        try (var scope = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            Tensor row = Tensor.of(ids, 1, ids.length).to(model.device());
            return scope.keep(model.decode(row, null, sounds).select(1, -1).squeeze(0));
        }
    }

    /** The mean logarithm of the probabilities of ids and the end behind a prompt, before any rule. */
    double likelihood(long[] prompt, long[] ids, long end) {
        long[] all = Arrays.copyOf(prompt, prompt.length + ids.length);
        System.arraycopy(ids, 0, all, prompt.length, ids.length);
        long[] targets = Arrays.copyOf(ids, ids.length + 1);
        targets[ids.length] = end;
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            Tensor row = Tensor.of(all, 1, all.length).to(model.device());
            Tensor logs = model.decode(row, null, sounds).squeeze(0).narrow(0, prompt.length - 1, targets.length)
                    .to(DType.FLOAT32).logSoftmax(1);
            return logs.gather(1, Tensor.of(targets, targets.length, 1).to(logs.device())).mean().item();
        }
    }

    @Override public Decoding begin(List<long[]> prompts, int newTokens) {
        int length = prompts.getFirst().length, context = model.config().maxTargetPositions();
        Expect.that(prompts.stream().allMatch(prompt -> prompt.length == length), "Whisper", "prompts of one length",
                prompts.stream().map(prompt -> prompt.length).toList());
        Expect.that(length + newTokens <= context, "Whisper", "at most " + context + " tokens with the prompt",
                length + newTokens);
        return new Writing(prompts, newTokens);
    }

    @Override public void close() {
        for (var sound : sounds) {
            sound.keys().close();
            sound.values().close();
        }
    }

    /** Texts for the one window. */
    private final class Writing implements Decoding {
        private final KvCache cache;
        private final Guard evaluating = model.evaluating();
        private long rows;
        private Tensor logits; // (B, V), owned

        Writing(List<long[]> prompts, int newTokens) {
            rows = prompts.size();
            int length = prompts.getFirst().length;
            cache = new DenseCache(model.cacheShape(), new long[prompts.size()], length + newTokens);
            long[] ids = prompts.stream().flatMapToLong(Arrays::stream).toArray();
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                logits = next(Tensor.of(ids, rows, length));
            } catch (RuntimeException e) {
                cache.close();
                evaluating.close();
                throw e;
            }
        }

        private Tensor next(Tensor ids) {
            var shared = sounds.stream().map(s -> new KeysValues(s.keys().expand(rows, -1, -1, -1),
                    s.values().expand(rows, -1, -1, -1))).toList();
            return model.decode(ids.to(model.device()), cache, shared).select(1, -1).contiguous().owned();
        }

        @Override public Tensor logits() { return logits; }

        @Override public void read(Tensor ids) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                replace(next(ids.unsqueeze(1)));
            }
        }

        @Override public void add(List<long[]> inputs) {
            throw new UnsupportedOperationException("Whisper: rows do not join; each window is written by itself.");
        }

        @Override public void select(Tensor chosen) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                cache.select(chosen.toLongs());
                rows = chosen.numel();
                replace(logits.indexSelect(0, chosen.to(logits.device())).owned());
            }
        }

        private void replace(Tensor next) {
            logits.close();
            logits = next;
        }

        @Override public void close() {
            logits.close();
            cache.close();
            evaluating.close();
        }
    }
}

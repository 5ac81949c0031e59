package dev.merapi.text.pipeline;

import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.tokenizer.TextCodec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The model of a {@link TextGenerator}: its scores are the logits of the token after a prompt. What is hidden of a
 * prompt is a space, where its tokens have one.
 */
record OpenLanguageModel(CausalLm model, TextCodec codec) implements GlassBox<String> {
    /** Of each token what it is in a text. */
    @Override public List<String> outputs() {
        return LongStream.range(0, model.vocabSize()).mapToObj(this::word).toList();
    }

    /** Some models have rows that stand for no token. */
    private String word(long id) { return id < codec.vocabSize() ? codec.decode(id) : ""; }

    /** A prompt that is too long loses its beginning, as in a chat. */
    private long[] ids(String prompt) {
        long[] ids = codec.encode(prompt);
        Expect.that(ids.length > 0, "GlassBox.encode", "a prompt of at least one token", "\"" + prompt + "\"");
        return Arrays.copyOfRange(ids, Math.max(0, ids.length - model.context()), ids.length);
    }

    @Override public Tensor encode(List<String> prompts) {
        var rows = prompts.stream().map(this::ids).toList();
        int length = rows.getFirst().length;
        Expect.that(rows.stream().allMatch(row -> row.length == length), "GlassBox.encode",
                "prompts of one length, for padding would say something",
                rows.stream().map(row -> row.length).toList());
        return Tensor.of(rows.stream().flatMapToLong(Arrays::stream).toArray(), rows.size(), length)
                .to(model.device());
    }

    @Override public List<String> parts(String prompt) {
        return Arrays.stream(ids(prompt)).mapToObj(this::word).toList();
    }

    @Override public Tensor blank(Tensor encoded) { return encoded.zerosLike().add(space()); }

    /** Of a tokenizer that has learnt from texts without one, its first token. */
    private long space() {
        try {
            long[] space = codec.encode(" ");
            return space.length == 0 ? 0 : space[space.length - 1];
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    @Override public Tensor scores(Tensor ids) {
        try (var _ = model.evaluating()) {
            return model.forward(ids).select(1, -1);
        }
    }
}

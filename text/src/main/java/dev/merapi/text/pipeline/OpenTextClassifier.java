package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The model of a {@link TextClassifier}. What is hidden of a text is the mask, or where there is none the unknown
 * token, or padding in its place; special tokens stay.
 */
record OpenTextClassifier(SequenceClassifier classifier, Tokenizer tokenizer,
        Function<List<String>, List<long[]>> encode) implements GlassBox<String> {
    @Override public Layer model() { return classifier; }

    @Override public List<String> outputs() { return classifier.encoder().config().labels(); }

    @Override public Tensor encode(List<String> texts) {
        return Tokens.of(encode.apply(texts), padding()).ids().to(classifier.device());
    }

    private long padding() { return classifier.encoder().config().padTokenId(); }

    @Override public List<String> parts(String text) {
        return Arrays.stream(encode.apply(List.of(text)).getFirst()).mapToObj(tokenizer::token).toList();
    }

    @Override public Tensor blank(Tensor encoded) {
        var special = tokenizer.specialTokens();
        var kept = special.ids();
        long hidden = special.mask().orElse(special.unk().orElse(padding()));
        long[] ids = Arrays.stream(encoded.toLongs()).map(id -> kept.contains(id) ? id : hidden).toArray();
        return Tensor.of(ids, encoded.shape()).to(encoded.device());
    }

    @Override public Tensor scores(Tensor ids) {
        var there = ids.ne(padding());
        boolean full = there.all().itemBoolean();
        try (var _ = classifier.evaluating()) {
            return classifier.forward(full ? Tokens.of(ids) : new Tokens(ids, null, there));
        }
    }
}

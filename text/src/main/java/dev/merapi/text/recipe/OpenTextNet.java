package dev.merapi.text.recipe;

import dev.merapi.data.Collate;
import dev.merapi.data.PaddedBatch;
import dev.merapi.nn.Layer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.tokenizer.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The network of a {@link TextNetClassifier}. What is hidden of a text is an unknown word. */
record OpenTextNet(TextNet net, Function<List<String>, List<long[]>> encode, Vocabulary words, List<String> outputs)
        implements GlassBox<String> {
    private static final Collate<long[], PaddedBatch> COLLATE = Collate.pad(0);

    @Override public Layer model() { return net; }

    @Override public Tensor encode(List<String> texts) {
        return COLLATE.collate(encode.apply(texts)).x().to(net.device());
    }

    @Override public List<String> parts(String text) {
        return Arrays.stream(encode.apply(List.of(text)).getFirst()).mapToObj(words::token).toList();
    }

    @Override public Tensor blank(Tensor encoded) {
        var there = encoded.ne(0);
        return there.where(encoded.onesLike().mul(words.id(Vocabulary.UNKNOWN)), encoded);
    }

    @Override public Tensor scores(Tensor ids) {
        try (var _ = net.evaluating()) {
            return net.forward(ids);
        }
    }
}

package dev.merapi.text.recipe;

import dev.merapi.data.Collate;
import dev.merapi.data.PaddedBatch;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.classify.TextClassification;
import dev.merapi.text.tokenizer.Vocabulary;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Gatherers;

/**
 * Classes for texts, by a small network.
 *
 * @param encode what the network reads of each text
 * @param words of the ids
 * @param classes their names by index
 */
record TextNetClassifier(TextClassification task, Function<List<String>, List<long[]>> encode, Vocabulary words,
        List<String> classes) implements Predictor<String, Classes> {
    private static final int BATCH = 64; // texts that are read together
    private static final Collate<long[], PaddedBatch> COLLATE = Collate.pad(0);

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    @Override public List<Classes> predict(List<String> texts) {
        return texts.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Classes> batch(List<String> texts) {
        try (var _ = Scope.open(); var _ = task.model().evaluating(); var _ = Torch.inference()) {
            var batch = COLLATE.collate(encode.apply(texts)).to(task.model().device());
            return Classes.of(classes, task.predict(batch));
        }
    }

    @Override public Optional<GlassBox<String>> glassBox() {
        return Optional.of(new OpenTextNet(task.model(), encode, words, classes));
    }

    @Override public String parse(String typed) { return typed; }
}

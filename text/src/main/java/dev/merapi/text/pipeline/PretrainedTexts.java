package dev.merapi.text.pipeline;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Bits;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.text.gguf.GgufModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Language models in folders as Hugging Face has them, by what {@code architectures} says they were trained for, and in
 * GGUF files.
 */
public final class PretrainedTexts implements Predictor.Format {
    private static final Set<String> ENCODERS = Set.of("bert", "roberta", "xlm-roberta", "camembert", "distilbert");

    @Override public boolean reads(Path folder) {
        String type = type(folder);
        return ENCODERS.contains(type) || type.equals("t5") || TextGenerator.reads(folder);
    }

    @Override public boolean readsFile(Path file) { return GgufModel.isOne(file); }

    private static String type(Path folder) { return String.valueOf(ModelFolder.config(folder).get("model_type")); }

    @Override public Predictor<?, ?> open(Path folder, Device device, Bits bits) {
        return ModelSource.reads(folder) ? TextGenerator.open(folder, null, bits).to(device)
                : Predictor.Format.super.open(folder, device, bits);
    }

    @Override public Predictor<?, ?> open(Path folder, Device device) {
        if (ModelSource.reads(folder)) return TextGenerator.open(folder).to(device);
        if (type(folder).equals("t5")) return TextRewriter.open(folder).to(device);
        Object architectures = ModelFolder.config(folder).get("architectures");
        String first = architectures instanceof List<?> list && !list.isEmpty() ? list.getFirst().toString() : "";
        if (first.endsWith("ForMaskedLM")) return FillMask.open(folder).to(device);
        if (first.endsWith("ForSequenceClassification")) return TextClassifier.open(folder).to(device);
        if (first.endsWith("ForTokenClassification")) return TokenTagger.open(folder).to(device);
        if (first.endsWith("ForQuestionAnswering")) return QuestionAnswerer.open(folder).to(device);
        return TextEmbedder.open(folder).to(device);
    }
}

package dev.merapi.text.model;

import dev.merapi.io.Safetensors;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.model.t5.T5Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Saves a new model of each family, with its logits in {@code expected.safetensors}, for
 * {@code src/test/python/transformers_check.py} to load and compare.
 *
 * <pre>
 * mvn -q -pl core,text -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
 * java -cp text/target/test-classes:text/target/classes:$(cat text/target/classpath.txt) \
 *     dev.merapi.text.model.TransformersExport target/transformers
 * python3 text/src/test/python/transformers_check.py target/transformers
 * </pre>
 */
final class TransformersExport {
    private static final int LAYERS = 7; // the sixth of Gemma 3 sees all

    private final Path folder;

    private TransformersExport(Path folder) { this.folder = folder; }

    public static void main(String[] args) {
        var export = new TransformersExport(Path.of(args[0]));
        Torch.seed(1);
        for (var config : List.of(BertConfig.TINY, BertConfig.ROBERTA_BASE, BertConfig.DISTILBERT)) {
            var small = small(config);
            String name = config.modelType();
            export.encoder(name + "-masked", new MaskedLm(small), MaskedLm::save, MaskedLm::forward);
            export.encoder(name + "-sequence", new SequenceClassifier(small), SequenceClassifier::save,
                    SequenceClassifier::forward);
            export.encoder(name + "-tokens", new TokenClassifier(small), TokenClassifier::save,
                    TokenClassifier::forward);
            export.encoder(name + "-span", new SpanExtractor(small), SpanExtractor::save, SpanExtractor::forward);
        }
        export.write("gpt2", new Gpt2(Gpt2Config.of(31, 24, 2, 4, 16, 0)), Gpt2::save, gpt -> gpt.forward(ids()));
        for (var family : Family.values()) {
            var config = LlamaConfig.of(family, 31, 16, 24, LAYERS, 4, 2).head(8);
            boolean windowed = family != Family.LLAMA && family != Family.GEMMA;
            export.write(family.name().toLowerCase(), new Llama(windowed ? config.window(4) : config), Llama::save,
                    llama -> llama.forward(ids()));
            export.write(family.name().toLowerCase() + "-tied", new Llama(config.tied()), Llama::save,
                    llama -> llama.forward(ids()));
        }
        var t5 = T5Config.of(16, 4, 24, 2, 4).vocabSize(31).dropout(0);
        for (var config : Map.of("t5", t5, "flan", t5.gated()).entrySet()) {
            export.write(config.getKey(), new T5(config.getValue()), T5::save, model ->
                    model.forward(ids(), Tensor.of(new long[] {9, 9}), ids()));
        }
    }

    private static BertConfig small(BertConfig like) {
        return new BertConfig(like.modelType(), List.of(), 31, 16, 2, 4, 24, "gelu", 0, 0, 20, like.typeVocabSize(),
                0.3, like.layerNormEps(), like.padTokenId(), 0.0, "absolute", Map.of(0, "a", 1, "b", 2, "c"));
    }

    private static Tensor ids() {
        return Tensor.of(new long[] {7, 3, 30, 3, 5, 16, 21, 8, 9, 14, 14, 2, 25, 11, 6, 4, 5, 28}, 2, 9);
    }

    private interface Save<M> {
        void to(M model, Path folder);
    }

    private interface Read<M> {
        Tensor of(M model, Tokens tokens);
    }

    private <M extends Layer> void encoder(String name, M model, Save<M> save, Read<M> read) {
        write(name, model, save, it -> read.of(it, Tokens.of(ids())));
    }

    private <M extends Layer> void write(String name, M model, Save<M> save, Function<M, Tensor> logits) {
        try (model; var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            model.params().values().stream().distinct()
                    .forEach(param -> param.add_(Tensor.randn(param.shape()).mul(0.2)));
            save.to(model, folder.resolve(name));
            Safetensors.write(folder.resolve(name).resolve("expected.safetensors"),
                    Map.of("ids", ids(), "logits", logits.apply(model)), Map.of());
        }
    }
}

package dev.merapi.text.model;

import dev.merapi.Meta;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.classify.RnnClassifier;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.model.classify.TransformerClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.model.t5.T5Config;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every model where there is no memory: what one makes on the CPU instead of beside its data shows without a GPU. */
class OnMetaTest {
    private static Path folder(String name) { return TransformersGoldens.of(name).folder(); }

    private static Tensor ids(long... shape) { return Tensor.empty(Device.META, DType.INT64, shape); }

    private static Tokens tokens() {
        return new Tokens(ids(2, 5), null, Tensor.empty(Device.META, DType.BOOL, 2, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "llama3", "linear", "mistral", "qwen2", "qwen3", "gemma", "gemma2",
            "gemma3", "yarn", "longrope", "dynamic"})
    void decoders(String name) {
        Supplier<CausalLm> made = name.equals("gpt2") ? () -> new Gpt2(Gpt2Config.read(folder(name)))
                : () -> new Llama(LlamaConfig.read(folder(name)));
        int vocabulary;
        try (var _ = Torch.on(Device.META); var model = made.get()) {
            vocabulary = model.vocabSize();
        }
        Meta.check(made, model -> model.forward(ids(2, 9)), 2, 9, vocabulary);
        boolean readsPositions = name.equals("longrope") || name.equals("dynamic"); // of texts that begin apart
        Meta.check(made, model -> written(model, readsPositions ? 9 : 1), 2, vocabulary);
    }

    /** Two texts, and one more token of each. */
    private static Tensor written(Generative model, int other) {
        var begun = List.of(new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, Arrays.copyOf(new long[] {1}, other));
        try (var scope = Scope.open(); var decoding = model.begin(begun, 3)) {
            decoding.read(Tensor.of(new long[] {2, 3}));
            return scope.keep(decoding.logits().copy());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void encoders(String name) {
        var config = BertConfig.read(folder(name));
        int dim = config.hiddenSize();
        Meta.check(() -> new MaskedLm(config), model -> model.forward(tokens()), 2, 5, config.vocabSize());
        Meta.check(() -> new Bert(config, true), model -> model.pool(model.forward(ids(2, 5))), 2, dim);
        Meta.check(() -> new Bert(config, false),
                model -> new SentenceEncoder(model, SentenceEncoder.Pooling.MEAN, true).forward(tokens()), 2, dim);
        int labels = config.id2label().size();
        Meta.check(() -> new SequenceClassifier(config), model -> model.forward(tokens()), 2, labels);
        Meta.check(() -> new TokenClassifier(config), model -> model.forward(tokens()), 2, 5, labels);
        Meta.check(() -> new SpanExtractor(config), model -> model.forward(tokens()), 2, 5, 2);
    }

    @ParameterizedTest @ValueSource(strings = {"t5", "flan"})
    void t5(String name) {
        var config = T5Config.read(folder(name));
        translators(() -> new T5(config), config.vocabSize());
    }

    @ParameterizedTest @EnumSource(Seq2SeqConfig.Tying.class)
    void transformers(Seq2SeqConfig.Tying tying) {
        var config = Seq2SeqConfig.small(31, 1, 2).vocabularies(31, 31, tying);
        translators(() -> new Seq2SeqTransformer(config), 31);
    }

    private static <M extends EncoderDecoder> void translators(Supplier<M> made, long vocabulary) {
        Meta.check(made, model -> model.forward(ids(2, 9), ids(2), ids(2, 4)), 2, 4, vocabulary);
        Meta.check(made, model -> written(model, 1), 2, vocabulary);
    }

    @ParameterizedTest @EnumSource(RnnClassifier.Pooling.class)
    void recurrentClassifiers(RnnClassifier.Pooling pooling) {
        for (var config : List.of(RnnClassifier.Config.BILSTM, RnnClassifier.Config.BIGRU)) {
            Meta.check(() -> new RnnClassifier(11, 3, config.pooling(pooling)), OnMetaTest::classified, 2, 3);
        }
    }

    @ParameterizedTest @CsvSource({"SINUSOIDAL", "LEARNED"})
    void transformerClassifiers(TransformerClassifier.Positions positions) {
        var usual = TransformerClassifier.Config.KERAS;
        var config = new TransformerClassifier.Config(2, usual.width(), usual.heads(), usual.hidden(), usual.dense(),
                0.1, positions);
        Meta.check(() -> new TransformerClassifier(11, 9, 3, config), OnMetaTest::classified, 2, 3);
    }

    private static Tensor classified(TextNet net) { return net.forward(ids(2, 5)); }
}

package dev.merapi.text.model;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.t5.T5;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Folders that Hugging Face's transformers saved: values, gradients and texts are transformers' own. */
class TransformersTest {
    private static final long END = 2;

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void maskedLms(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (var model = MaskedLm.load(goldens.folder()); var _ = Scope.open()) {
            learns(goldens, model, model.forward(tokens(goldens)));
        }
        assertTrue(Scope.live() <= before);
    }

    @ParameterizedTest @ValueSource(strings = "bert_classifier")
    void classifiers(String name) {
        var goldens = TransformersGoldens.of(name);
        try (var model = SequenceClassifier.load(goldens.folder()); var _ = Scope.open()) {
            Tensor logits = model.forward(tokens(goldens));
            goldens.assertClose(goldens.tensor("logits"), logits, "logits");
            Tensor loss = new CrossEntropy().of(logits, goldens.tensor("labels"));
            goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
            loss.backward();
            goldens.assertGradients(model);
        }
    }

    private static Tokens tokens(TransformersGoldens goldens) {
        boolean typed = goldens.expected().names().contains("types");
        return new Tokens(goldens.ids(), typed ? goldens.tensor("types") : null, goldens.mask());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "llama3", "linear", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3"})
    void decoders(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (CausalLm model = name.equals("gpt2") ? Gpt2.load(goldens.folder()) : Llama.load(goldens.folder());
                var _ = Scope.open()) {
            long last = goldens.ids().size(1) - 1;
            Tensor logits = model.forward(goldens.ids());
            assertSeen(goldens, logits);
            Tensor loss = new CrossEntropy().of(logits.narrow(1, 0, last).flatten(0, 1),
                    goldens.tensor("labels").narrow(1, 1, last).flatten());
            goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
            loss.backward();
            goldens.assertGradients(model);
            writes(goldens, model);
        }
        assertTrue(Scope.live() <= before);
    }

    @ParameterizedTest @ValueSource(strings = {"t5", "flan"})
    void translators(String name) {
        var goldens = TransformersGoldens.of(name);
        long before = Scope.live();
        try (var model = T5.load(goldens.folder()); var _ = Scope.open()) {
            Tensor labels = goldens.tensor("labels");
            long rows = labels.size(0), last = labels.size(1) - 1;
            Tensor begin = Tensor.full(model.bos(), rows, 1);
            Tensor read = Tensor.cat(List.of(begin, labels.narrow(1, 0, last).clamp(0, null)), 1);
            Tensor logits = model.forward(goldens.ids(), goldens.tensor("lengths"), read);
            learns(goldens, model, logits);
            writes(goldens, model);
        }
        assertTrue(Scope.live() <= before);
    }

    /** Logits (B, T, V) beside labels (B, T). */
    private static void learns(TransformersGoldens goldens, Layer model, Tensor logits) {
        assertSeen(goldens, logits);
        Tensor loss = new CrossEntropy().of(logits.flatten(0, 1), goldens.tensor("labels").flatten());
        goldens.assertClose(goldens.tensor("loss"), loss.reshape(1), "loss");
        loss.backward();
        goldens.assertGradients(model);
    }

    /** What stands at fill means nothing. */
    private static void assertSeen(TransformersGoldens goldens, Tensor logits) {
        Tensor seen = goldens.mask().unsqueeze(2);
        goldens.assertClose(goldens.tensor("logits").mul(seen), logits.mul(seen), "logits");
    }

    private static void writes(TransformersGoldens goldens, Generative model) {
        var generator = new Generator(model, null, END); // ids in, ids out
        var greedy = Generation.DEFAULT.maxTokens(10);
        Function<Generation, List<long[]>> write = options -> generator.generateIds(goldens.inputs(), options);
        assertTexts(goldens, "greedy", write.apply(greedy));
        assertTexts(goldens, "penalised", write.apply(greedy.repetitionPenalty(1.3)));
        assertTexts(goldens, "beams", write.apply(greedy.beams(3).lengthPenalty(0.7)));
    }

    private static void assertTexts(TransformersGoldens goldens, String way, List<long[]> texts) {
        var expected = goldens.texts(way);
        for (int row = 0; row < expected.size(); row++) {
            assertArrayEquals(expected.get(row), texts.get(row), goldens.folder().getFileName() + ", " + way + ", "
                    + row);
        }
    }
}

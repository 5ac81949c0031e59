package dev.merapi.text.model.bert;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.merapi.text.model.bert.BertGoldens.assertClose;
import static dev.merapi.text.model.bert.BertGoldens.tensor;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Values and gradients are PyTorch's, and weights load under the names of Hugging Face's transformers. */
class BertParityTest {
    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void encoderIsPyTorchs(String family) { check(family, "model", Bert::new, Bert::forward); }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void maskedLmIsPyTorchs(String family) { check(family, "masked", MaskedLm::new, MaskedLm::forward); }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void sequenceClassifierIsPyTorchs(String family) {
        check(family, "sequence", SequenceClassifier::new, SequenceClassifier::forward);
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void tokenClassifierIsPyTorchs(String family) {
        check(family, "token", TokenClassifier::new, TokenClassifier::forward);
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void spanExtractorIsPyTorchs(String family) {
        check(family, "span", SpanExtractor::new, SpanExtractor::forward);
    }

    private static <M extends Layer> void check(String family, String head, Function<BertConfig, M> make,
            BiFunction<M, Tokens, Tensor> forward) {
        String key = family + "." + head;
        long before = Scope.live();
        try (var _ = Scope.open(); var model = make.apply(BertGoldens.config(family))) {
            BertGoldens.weights(key).loadInto(model);
            for (boolean training : new boolean[] {true, false}) { // there is no dropout
                model.train(training);
                var tokens = BertGoldens.tokens(family);
                Tensor out = forward.apply(model, tokens);
                Tensor seen = out.rank() == 2 ? out : out.mul(tokens.mask().unsqueeze(2));
                assertClose(key + "/out", seen);
                if (training) seen.mul(tensor(key + "/up")).mean().backward();
            }
            try (var _ = Torch.inference()) { // which has kernels of its own
                var tokens = BertGoldens.tokens(family);
                Tensor out = forward.apply(model, tokens);
                assertClose(key + "/out", out.rank() == 2 ? out : out.mul(tokens.mask().unsqueeze(2)));
            }
            var gradients = BertGoldens.tensors(key + "/grad.");
            assertFalse(gradients.isEmpty());
            gradients.forEach((name, expected) ->
                    assertClose(expected, model.params().get(name).grad(), 1e-5, key + ", gradient of " + name));
        }
        assertTrue(Scope.live() <= before); // less, where garbage of other tests was freed
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta"})
    void poolerIsPyTorchs(String family) {
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config(family))) {
            BertGoldens.weights(family + ".model").loadInto(bert);
            assertClose(family + ".model/pooled", bert.pool(bert.forward(BertGoldens.tokens(family))));
        }
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void sentenceVectorsArePyTorchs(String family) {
        try (var _ = Scope.open(); var bert = new Bert(BertGoldens.config(family))) {
            BertGoldens.weights(family + ".model").loadInto(bert);
            var encoder = new SentenceEncoder(bert, SentenceEncoder.Pooling.MEAN, true);
            assertClose(family + ".model/mean", encoder.forward(BertGoldens.tokens(family)));
            var first = new SentenceEncoder(bert, SentenceEncoder.Pooling.CLS, false);
            assertClose(tensor(family + ".model/out").select(1, 0), first.forward(BertGoldens.tokens(family)), 1e-5,
                    family);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void recomputingActivationsChangesNoGradient(String family) {
        String key = family + ".token";
        try (var _ = Scope.open(); var model = new TokenClassifier(BertGoldens.config(family))) {
            BertGoldens.weights(key).loadInto(model);
            model.encoder().recomputeActivations(true);
            var tokens = BertGoldens.tokens(family);
            model.forward(tokens).mul(tokens.mask().unsqueeze(2)).mul(tensor(key + "/up")).mean().backward();
            BertGoldens.tensors(key + "/grad.").forEach((name, expected) ->
                    assertClose(expected, model.params().get(name).grad(), 1e-5, name));
        }
    }
}

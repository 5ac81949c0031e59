package dev.merapi.text.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.text.metric.Bleu.Smoothing;
import dev.merapi.text.metric.Bleu.Tokens;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Against what {@code src/test/python/metrics_goldens.py} wrote. */
class ParityTest {
    private static final double CLOSE = 1e-9;
    private static final Map<String, Tokens> TOKENS =
            Map.of("13a", Tokens.V13A, "intl", Tokens.INTL, "none", Tokens.NONE, "char", Tokens.CHAR);
    private static final Map<String, Smoothing> SMOOTHING = Map.of("exp", Smoothing.EXP, "floor", Smoothing.FLOOR,
            "add-k", Smoothing.ADD_K, "none", Smoothing.NONE);

    private static JsonNode golden;

    @BeforeAll static void read() throws IOException {
        try (var file = ParityTest.class.getResourceAsStream("/metric/goldens.json")) {
            golden = new ObjectMapper().readTree(file);
        }
    }

    private static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    /** Gives each prediction of a case's corpus with its references. */
    private static void each(JsonNode golden, BiConsumer<String, String[]> add) {
        var corpus = ParityTest.golden.get("corpora").get(golden.get("corpus").asText());
        var predictions = strings(corpus.get("predictions"));
        for (int i = 0; i < predictions.size(); i++) {
            add.accept(predictions.get(i), strings(corpus.get("references").get(i)).toArray(String[]::new));
        }
    }

    @Test void wordsAreSacreBleus() {
        var texts = strings(golden.get("texts"));
        TOKENS.forEach((name, tokens) -> {
            for (int i = 0; i < texts.size(); i++) {
                assertEquals(strings(golden.get("tokens").get(name).get(i)), tokens.split(texts.get(i)),
                        name + ": " + texts.get(i));
            }
        });
    }

    @Test void bleuIsSacreBleus() {
        for (var expected : golden.get("bleu")) {
            var bleu = new Bleu(TOKENS.get(expected.get("tokens").asText()),
                    SMOOTHING.get(expected.get("smooth").asText()));
            each(expected, bleu::add);
            assertEquals(expected.get("value").asDouble(), bleu.value(), CLOSE, expected::toString);
            assertEquals(expected.get("signature").asText(), bleu.signature());
        }
    }

    @Test void bleuOfSentencesIsSacreBleus() {
        for (var expected : golden.get("sentences")) {
            var values = expected.get("bleu").iterator();
            each(expected, (prediction, references) -> assertEquals(values.next().asDouble(),
                    Bleu.sentence(prediction, references), CLOSE, prediction));
        }
    }

    @Test void chrfIsSacreBleus() {
        for (var expected : golden.get("chrf")) {
            var chrf = new Chrf(expected.get("words").asInt(), expected.get("spaces").asBoolean());
            each(expected, chrf::add);
            assertEquals(expected.get("value").asDouble(), chrf.value(), CLOSE, expected::toString);
            assertEquals(expected.get("signature").asText(), chrf.signature());
        }
    }

    @Test void entitiesAreSeqevals() {
        for (var expected : golden.get("entities")) {
            var f1 = new EntityF1();
            for (int i = 0; i < expected.get("found").size(); i++) {
                f1.add(strings(expected.get("found").get(i)), strings(expected.get("expected").get(i)));
            }
            assertScore(expected.get("micro"), f1.micro());
            assertScore(expected.get("macro"), f1.macro());
            assertEquals(expected.get("types").size(), f1.byType().size());
            f1.byType().forEach((type, score) -> assertScore(expected.get("types").get(type), score));
        }
    }

    /** Precision, recall, F1 and support, in this order. */
    private static void assertScore(JsonNode expected, EntityF1.Score score) {
        var numbers = StreamSupport.stream(expected.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
        assertEquals(numbers[0], score.precision(), CLOSE);
        assertEquals(numbers[1], score.recall(), CLOSE);
        assertEquals(numbers[2], score.f1(), CLOSE);
        assertEquals(numbers[3], score.support(), CLOSE);
    }
}

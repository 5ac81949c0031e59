package dev.merapi.text.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Inputs that are asked together are answered as each by itself, whatever their neighbours and their order. */
final class OneByOne {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OneByOne() {}

    /** @param typed inputs of different lengths */
    static <I, O> void check(Predictor<I, O> model, String... typed) {
        long before = Scope.live();
        var inputs = Stream.of(typed).map(model::parse).toList();
        inputs.forEach(input -> assertInstanceOf(model.input(), input));
        var answers = model.predict(inputs);
        var reversed = model.predict(inputs.reversed()).reversed();
        assertEquals(inputs.size(), answers.size());
        for (int i = 0; i < inputs.size(); i++) {
            O alone = assertInstanceOf(model.output(), model.predict(inputs.get(i)));
            assertAlike(alone, answers.get(i));
            assertAlike(alone, reversed.get(i));
            assertEquals(model.format(alone).isBlank(), model.ask(typed[i], 100).isBlank());
        }
        assertEquals(List.of(), model.predict(List.of()));
        assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
    }

    private static void assertAlike(Object expected, Object answer) {
        if (expected instanceof Classes some && answer instanceof Classes others) {
            assertEquals(some.best().label(), others.best().label());
            assertArrayEquals(some.probabilities(), others.probabilities(), 1e-5);
        } else {
            assertAlike(JSON.valueToTree(expected), JSON.<JsonNode>valueToTree(answer));
        }
    }

    private static void assertAlike(JsonNode expected, JsonNode answer) {
        if (expected.isNumber()) {
            assertEquals(expected.asDouble(), answer.asDouble(), 1e-5);
        } else if (expected.isContainerNode()) {
            assertEquals(expected.size(), answer.size(), () -> expected + " and " + answer);
            var others = answer.iterator();
            for (var one : expected) assertAlike(one, others.next());
        } else {
            assertEquals(expected, answer);
        }
    }
}

package dev.merapi.text.constrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.TokenBytes;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model of random weights writes JSON that follows its schema, whatever the schema is. */
class ConstraintTest {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static Tokenizer tokenizer;
    private static TokenBytes tokens;
    private static Gpt2 model;

    @BeforeAll static void make() {
        Torch.seed(4);
        tokenizer = BpeTrainer.of(400).train(Stream.of("{\"name\": \"Ann\", \"age\": [30, 1.5, true]}",
                "{\"city\":\"Rome\",\"of\":null} \"a\":{\"b\":[[]]}", "caf\u00e9 \u6f22\u5b57 and \ud83d\ude00"));
        tokens = TokenBytes.of(tokenizer);
        model = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 512, 1, 2, 16, 0));
    }

    @AfterAll static void close() {
        model.close();
        tokenizer.close();
    }

    private static String write(JsonSchema schema, long seed, int most) {
        return new Generator(model, tokenizer).constrained(Constraint.of(schema, tokens))
                .generate("The", Generation.DEFAULT.temperature(1.5).seed(seed).maxTokens(most));
    }

    /** Texts that follow the schema are allowed, those that do not are not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0000', value = {
        "{\"type\":\"integer\"} | 0 -7 123 | 01 1.0 - \"1\"",
        "{\"type\":\"number\"} | 0 -7.25 1e5 2.5E-3 | .5 1. 1e",
        "{\"type\":\"integer\",\"minimum\":-12,\"maximum\":105} | -12 -9 0 7 99 105 | -13 106 110 -100 -0",
        "{\"type\":\"integer\",\"minimum\":1} | 1 10 987654321098765 | 0 -1 01",
        "{\"type\":\"number\",\"maximum\":-123456789} | -123456789 -200000000 | 0 -123456788 -99999999",
        "{\"type\":\"integer\",\"exclusiveMinimum\":9,\"exclusiveMaximum\":12} | 10 11 | 9 12 1",
        "{\"type\":\"number\",\"minimum\":2,\"maximum\":4} | 2 3.99 4 2.0 | 1.9 4.1 4.0",
        "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3} | \"ab\" \"\u00e9\u6f22\ud83d\ude00\" \"\\n\\u00e9\""
            + " | \"a\" \"abcd\" \"\\ud800a\" \"a\tb\"",
        "{\"type\":[\"boolean\",\"null\"]} | true false null | nul True 0",
        "{\"enum\":[\"a\",1,null,{\"x\":[]}]} | \"a\" 1 null {\"x\":[]} | \"b\" 2",
        "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":1,\"maxItems\":2}"
            + " | [true] [true,false] | [] [true,true,true] [1] [true,]",
        "{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"const\":\"b\"}],\"items\":false} | [] [1,\"b\"]"
            + " | [1,\"b\",2] [\"b\"]",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"},\"b\":{\"type\":\"null\"}},"
            + "\"required\":[\"b\"]} | {\"b\":null} {\"a\":null,\"b\":null} | {}"
            + " {\"a\":null} {\"b\":null,\"a\":null} {,\"b\":null}",
        "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}} | {} {\"x\":1,\"y\":2} | {\"x\":\"1\"}",
        "{\"$ref\":\"#/$defs/t\",\"$defs\":{\"t\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"}}}}"
            + " | [] [[],[[]]] | [1] [",
        "{\"type\":[\"integer\",\"null\"],\"enum\":[\"a\",1,2.5,null]} | 1 null | \"a\" 2.5",
        "{\"const\":\"a\",\"enum\":[\"a\",\"b\"],\"type\":\"string\"} | \"a\" | \"b\"",
        "{\"type\":\"integer\",\"minimum\":2,\"anyOf\":[{\"maximum\":3},{\"maximum\":2,\"title\":\"x\"}]}"
            + " | 2 3 | 1 4",
        "{\"properties\":{\"a\":{\"type\":\"null\"}},\"required\":[\"b\"],\"additionalProperties\":"
            + "{\"type\":\"integer\"}} | {\"b\":1} {\"a\":null,\"b\":1} | {\"b\":\"x\"} {}",
        "true | {\"a\":[1,\"\",null]} -1 [] | {a:1} tru"})
    void whatFollowsASchemaMayBeWritten(String schema, String good, String bad) {
        var automaton = new Automaton(JsonSchema.of(schema).grammar());
        for (String text : good.split(" ")) assertTrue(follows(automaton, text), text);
        for (String text : bad.split(" ")) assertFalse(follows(automaton, text), text);
    }

    private static boolean follows(Automaton automaton, String text) {
        var state = automaton.start();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            state = automaton.next(state, octet & 0xFF);
            if (state == null) return false;
            assertTrue(state.shortest() < Grammar.NEVER);
        }
        return state.mayEnd();
    }

    @Test void whatIsWrittenFollowsRandomSchemas() throws JsonProcessingException { writeRandom(60); }

    @Test @Tag("proof") void whatIsWrittenFollowsThousandRandomSchemas() throws JsonProcessingException {
        writeRandom(1000);
    }

    private static void writeRandom(int count) throws JsonProcessingException {
        for (int seed = 0; seed < count; seed++) {
            JsonNode schema = random(new SplittableRandom(seed), 0);
            String text = write(JsonSchema.of(schema), seed, 300);
            assertTrue(Schemas.follows(JSON.readTree(text), schema), schema + " wrote " + text);
        }
    }

    private static ObjectNode random(SplittableRandom random, int within) {
        var schema = JSON.createObjectNode();
        switch (random.nextInt(within > 2 ? 6 : 9)) {
            case 0 -> schema.put("type", "integer").put("minimum", random.nextInt(-50, 50)).put("maximum",
                    random.nextInt(50, 5000));
            case 1 -> schema.put("type", "number");
            case 2 -> schema.put("type", "string").put("minLength", random.nextInt(4)).put("maxLength",
                    random.nextInt(4, 30));
            case 3 -> schema.put("type", "boolean");
            case 4 -> schema.putArray("enum").add("red").add(random.nextInt(9)).addNull();
            case 5 -> schema.putArray("type").add("string").add("null");
            case 6 -> schema.put("type", "array").put("minItems", random.nextInt(2)).put("maxItems",
                    random.nextInt(2, 6)).set("items", random(random, within + 1));
            case 7 -> schema.putArray("anyOf").add(random(random, within + 1)).add(random(random, within + 1));
            default -> {
                var properties = schema.put("type", "object").putObject("properties");
                var required = schema.putArray("required");
                for (int i = random.nextInt(5); i >= 0; i--) {
                    properties.set("p" + i, random(random, within + 1));
                    if (random.nextBoolean()) required.add("p" + i);
                }
            }
        }
        return schema;
    }

    /** However few tokens are left, the object is whole. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 7, 20, 60})
    void anObjectIsWholeWithFewTokens(int most) throws JsonProcessingException {
        for (int seed = 0; seed < 10; seed++) {
            assertTrue(JSON.readTree(write(JsonSchema.anyJsonObject(), seed, most)).isObject());
        }
    }

    /** SentencePiece's tokens are pieces of text and single bytes. */
    @Test void piecesKeepToSchemasToo() throws JsonProcessingException {
        try (var pieces = Tokenizer.open(Path.of("src/test/resources/tokenizer/bpe"));
                var own = new Gpt2(Gpt2Config.of(pieces.vocabSize(), 256, 1, 2, 16, 0))) {
            var schema = JsonSchema.of("{\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"items\":{\"type\":"
                    + "\"integer\"}}},\"required\":[\"a\",\"b\"]}");
            var writer = new Generator(own, pieces, 2).constrained(Constraint.of(schema, pieces));
            for (int seed = 0; seed < 5; seed++) {
                JsonNode json = JSON.readTree(writer.generate("Emma", Generation.DEFAULT.temperature(1).seed(seed)
                        .maxTokens(80)));
                assertTrue(json.get("a").isTextual() && json.get("b").isArray(), json.toString());
            }
        }
    }

    /** As long as schemas may be, and keys in JSON. */
    @Test void longAndDeepSchemasAreFollowed() {
        String key = "k".repeat(49_000), properties = Stream.iterate(0, i -> i + 1).limit(4000)
                .map(i -> "\"" + i + "\":true").collect(Collectors.joining(","));
        for (String schema : new String[] {"{\"const\":\"" + key + key + "\"}",
            "{\"properties\":{\"" + key + "\":true}}",
            "{\"properties\":{" + properties + "}}", "{\"prefixItems\":[" + "true,".repeat(15_000) + "true]}"}) {
            var automaton = new Automaton(JsonSchema.of(schema).grammar());
            var state = automaton.start();
            for (int i = 0; i < 50; i++) {
                for (int octet = 0; octet < 256; octet++) {
                    if (automaton.next(state, octet) == null) continue;
                    state = automaton.next(state, octet);
                    break;
                }
            }
        }
        refused("{\"const\":\"" + key + key + key + "\"}", "JsonSchema: expected at most 100000 characters.");
    }

    /** Each array may be read as of either kind, and each within it too: twice as many ways with each. */
    @Test void whatMayBeReadInTooManyWaysIsRefused() {
        var automaton = new Automaton(JsonSchema.of("{\"anyOf\":[{\"type\":\"array\",\"maxItems\":5,\"items\":"
                + "{\"$ref\":\"#\"}},{\"type\":\"array\",\"maxItems\":6,\"items\":{\"$ref\":\"#\"}}]}").grammar());
        String message = assertThrows(IllegalArgumentException.class, () -> follows(automaton, "[".repeat(40)))
                .getMessage();
        assertTrue(message.startsWith("JsonSchema: expected at most 5000 ways to read a text."), message);
    }

    @Test void whatIsNotDoneIsSaid() {
        refused("{\"pattern\":\"a\"}", "$: expected keywords of [$ref, additionalProperties, allOf, anyOf, const");
        refused("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"text\"}}}", "$.a.type: expected of [object");
        refused("{\"$ref\":\"#/$defs/x\"}", "$.$ref: expected a place in the schema, such as #/$defs/name.");
        refused("{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}", "$: expected bounds with a whole number");
        refused("{\"enum\":[]}", "$.enum: expected values, of the type if there is one.");
        refused("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}", "JsonSchema: expected one that some"
                + " JSON follows.");
        refused("{\"type\"", "JsonSchema: not JSON.");
        refused("{\"$ref\":\"#/$defs/t\",\"maxLength\":1,\"$defs\":{\"t\":{}}}", "$: expected nothing beside $ref that"
                + " restricts. Received maxLength.");
        refused("{\"type\":\"integer\",\"const\":\"x\"}", "$.const: expected values, of the type if there is one.");
        refused("{\"enum\":[1],\"minimum\":0}", "$: expected nothing beside enum that restricts. Received minimum.");
        refused("{\"minimum\":1,\"anyOf\":[{\"minimum\":2}]}", "$.anyOf: expected other keywords than beside it.");
        refused("{\"type\":\"string\",\"anyOf\":[false]}", "$.anyOf: expected a schema. Received false.");
        refused("{\"type\":7}", "$.type: expected a list. Received 7.");
        refused("{\"type\":[]}", "$.type: expected of [object");
        refused("{\"properties\":\"a\"}", "$.properties: expected an object. Received \"a\".");
        refused("{\"required\":\"a\"}", "$.required: expected a list. Received \"a\".");
        refused("{\"required\":[7]}", "$.required: expected names. Received 7.");
        refused("{\"required\":[\"b\"],\"additionalProperties\":false}", "$.required: expected names of properties");
        refused("{\"prefixItems\":{}}", "$.prefixItems: expected a list.");
        refused("{\"anyOf\":{\"a\":true}}", "$.anyOf: expected a list.");
        refused("{\"maximum\":1e999,\"type\":\"number\"}", "$.maximum: expected a number.");
        String message = assertThrows(IllegalArgumentException.class, () -> write(JsonSchema.of("{\"const\":\"long\"}"),
                1, 6)).getMessage();
        assertEquals("Constraint: expected at least 7 tokens, for what the schema asks for at least. Received maxTokens"
                + " 6.", message);
    }

    private static void refused(String schema, String message) {
        String said = assertThrows(IllegalArgumentException.class, () -> JsonSchema.of(schema)).getMessage();
        assertTrue(said.startsWith(message), said);
    }
}

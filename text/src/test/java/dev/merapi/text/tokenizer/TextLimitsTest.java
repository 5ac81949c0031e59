package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.merapi.text.tokenizer.TokenizerTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Expressions and texts at which the library would end the process, and this test with it. */
class TextLimitsTest {
    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** As GPT-4, GPT-4o (in two ways), Tekken, Kimi, DeepSeek, Bloom, CLIP and others have them. */
    @ParameterizedTest @ValueSource(strings = {LLAMA3,
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|"
                    + "\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t)?|"
                    + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\d|"
                    + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[^\\r\\n\\p{L}\\p{N}]?((?=[\\p{L}])([^a-z]))*((?=[\\p{L}])([^A-Z]))+(?i:'s|'t)?|\\p{N}{1,3}|\\s+(?!\\S)",
            "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}&&[^\\p{Han}]]+|\\s+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
                    + " ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "\\s?[!-/:-~\uff01-\uff0f\u2018-\u201f\u3000-\u3002]+", "\\s+$", "[0-9][0-9][0-9]",
            " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
            "(?=(\\d{3})+(?!\\d))", "\\d{1,3}(?=(?:\\d{3})*\\b)"})
    void whatPublicTokenizersLookForTakesLongTexts(String pattern) {
        try (var tokenizer = split(pattern)) {
            tokenizer.encode("Emma's 12345 caf\u00e9s,\n\n  \u65e5\u672c\u8a9e!  ");
            TextLimits.ofEncoding(json(pattern)).check("handsome, clever, and rich\n".repeat(1_000_000));
        }
    }

    @ParameterizedTest @ValueSource(strings = {"(a|aa)+$", "(a+)+b", "(a*)*b", "(x+x+)+y", "(.*?,){11}P",
            "a*a*a*b", "(?:a|b|ab)*c", "((?=a)a+)*b", "(?>a)(a+)+$", "(?i)(a|aa)+$"})
    void expressionsThatMayTakeForeverAreRefused(String pattern) {
        assertMessage("tokenizer.json: not a tokenizer: expected regular expressions that are found in a text of"
                + " 1000 characters after at most 5000000 steps back. Received " + pattern + ", which may take more.",
                () -> split(pattern));
    }

    @ParameterizedTest @ValueSource(strings = {"(a)\\1", "(?<x>a\\g<x>?)", "(?~a)", "(?{x})", "(*FAIL)", "(a", "a)",
            "[a", "(?x: a)", "a\\"})
    void whatNoBoundIsKnownForIsRefused(String pattern) {
        var message = assertThrows(IllegalArgumentException.class, () -> split(pattern)).getMessage();
        assertTrue(message.startsWith("tokenizer.json: not a tokenizer: expected a regular expression of"
                + " characters, classes, groups, choices, repetitions and looks around, whose search has an end."
                + " Received " + pattern + "; wrong or not supported is "), message);
    }

    @Test void bracketsWithoutEndAreRefused() {
        for (var pattern : new String[] {"(".repeat(3000) + "a" + ")".repeat(3000), "[".repeat(2000) + "a"
                + "]".repeat(2000)}) {
            var message = assertThrows(IllegalArgumentException.class, () -> split(pattern)).getMessage();
            assertTrue(message.endsWith("more than 100 brackets in each other before position 100."), message);
        }
    }

    /** Oniguruma gives up after ten million steps back. */
    @Test void manySpacesAreTakenAndTooManyRefused() {
        try (var tokenizer = split(LLAMA3)) {
            assertEquals(2, tokenizer.encode(" ".repeat(700_000) + "b").length); // the last space goes with the b
            assertMessage("Tokenizer: expected a text in which " + LLAMA3.substring(0, 80) + " \u2026 is found after at"
                    + " most 5000000 steps back. Received 12000001 characters, of which 12000000 in a row may be spaces"
                    + " and 1 in a row others; encode the text in parts.",
                    () -> tokenizer.encode(" ".repeat(12_000_000) + "b"));
        }
    }

    @Test void textsThatGrowWithoutEndAreRefused() {
        var tenfold = "{'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaa'},";
        var json = TokenizerCheckTest.json("normalizer", "{'type':'Sequence','normalizers':["
                + tenfold.repeat(8).replaceAll(",$", "") + "]}").replace('\'', '"');
        assertMessage("tokenizer.json: not a tokenizer: expected to make at most 134217728 characters of a text of"
                + " 1000 characters. Received steps that make more.", () -> Tokenizer.ofJson(json));
        var decoder = TokenizerCheckTest.json("decoder", tenfold.replaceAll(",$", "")).replace('\'', '"');
        var limits = TextLimits.ofDecoding(TokenizerFiles.object(decoder, "test"));
        limits.checkLength(13_421_772);
        assertMessage("Tokenizer: expected a text of at most 13421772 characters. Received 13421773; split it into"
                + " parts.", () -> limits.checkLength(13_421_773));
    }

    private static Tokenizer split(String pattern) { return Tokenizer.ofJson(json(pattern).toString()); }

    private static ObjectNode json(String pattern) {
        var json = TokenizerFiles.object(TokenizerCheckTest.json("", "").replace('\'', '"'), "test");
        var split = TokenizerJson.object("Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", pattern);
        json.set("pre_tokenizer", split);
        return json;
    }
}

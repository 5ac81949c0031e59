package dev.merapi.text.tokenizer;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class StreamDecoderTest {
    @ParameterizedTest @ValueSource(strings = {"gpt2", "bpe", "unigram", "bert"}) void thePiecesAreTheWholeText(
            String name) {
        var texts = new String[] {"Emma \uD83D\uDE00\uD83C\uDDEB\uD83C\uDDF7 and \u4e16\u754c, caf\u00e9.", "", " her",
            "\uFFFD her \uFFFD", "her  father"};
        try (var tokenizer = Tokenizer.open(Golden.path(name))) {
            for (var text : texts) {
                var ids = tokenizer.encode(text);
                var stream = tokenizer.stream();
                var all = new StringBuilder();
                for (long id : ids) {
                    var piece = stream.add(id);
                    if (!text.contains("\uFFFD")) assertFalse(piece.contains("\uFFFD"), piece);
                    all.append(piece);
                }
                assertEquals(tokenizer.decode(ids), all + stream.end());
            }
        }
    }

    @Test void halfACharacterWaitsForItsRest() {
        try (var tokenizer = Tokenizer.open(Golden.path("gpt2"))) {
            var ids = tokenizer.encode("a\uD83D\uDE00b");
            var pieces = new ArrayList<String>();
            var stream = tokenizer.stream();
            for (long id : ids) pieces.add(stream.add(id));
            assertEquals("[a, , , , \uD83D\uDE00, b]", pieces.toString());
            assertEquals("", stream.end());

            var broken = tokenizer.stream();
            assertEquals("a", broken.add(ids[0]));
            assertEquals("", broken.add(ids[1]));
            assertEquals("\uFFFD", broken.end());
        }
    }

    @Test void specialTokensAreLeftOutUnlessAskedFor() {
        try (var tokenizer = Tokenizer.open(Golden.path("gpt2"))) {
            assertEquals("", tokenizer.stream().add(0));
            assertEquals("<|endoftext|>", tokenizer.stream(false).add(0));
        }
    }
}

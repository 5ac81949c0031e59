package dev.merapi.text.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** As a model writes them that was not trained: a stream that waited for characters would say nothing. */
    @ParameterizedTest @ValueSource(strings = {"gpt2", "bpe"}) void bytesThatAreNoTextComeOutSoon(String name) {
        try (var tokenizer = Tokenizer.open(Golden.path(name))) {
            long[] smile = tokenizer.encode("\uD83D\uDE00");
            long[] ids = new long[1000]; // beginnings of characters, and a whole one at last
            for (int i = 0; i < ids.length; i++) ids[i] = smile[i % 7 % 3 + (i % 7 == 6 ? 1 : 0)];
            long[] end = tokenizer.encode("\uD83D\uDE00 her");
            System.arraycopy(end, 0, ids, ids.length - end.length, end.length);
            var stream = tokenizer.stream();
            var all = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
                all.append(stream.add(ids[i]));
                int certain = tokenizer.decode(Arrays.copyOf(ids, i + 1)).length() - 4;
                assertTrue(all.length() >= certain, i + ": " + all);
            }
            assertEquals(tokenizer.decode(ids), all + stream.end());
        }
    }

    @Test void tokensWithoutATextAreForgotten() {
        try (var tokenizer = Tokenizer.open(Golden.path("gpt2"))) {
            var stream = tokenizer.stream();
            long[] her = tokenizer.encode("a her");
            var all = new StringBuilder(stream.add(her[0]));
            for (int i = 0; i < 50_000; i++) all.append(stream.add(0)); // minutes, if each were read with all before
            for (int i = 1; i < her.length; i++) all.append(stream.add(her[i]));
            assertEquals("a her", all + stream.end());
        }
    }

    @Test void specialTokensAreLeftOutUnlessAskedFor() {
        try (var tokenizer = Tokenizer.open(Golden.path("gpt2"))) {
            assertEquals("", tokenizer.stream().add(0));
            assertEquals("<|endoftext|>", tokenizer.stream(false).add(0));
        }
    }
}

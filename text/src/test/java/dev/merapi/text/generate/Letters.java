package dev.merapi.text.generate;

import dev.merapi.text.tokenizer.TextCodec;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** 0 is "a", 1 is "b", and so on. */
final class Letters implements TextCodec {
    @Override public long[] encode(String text) { return text.chars().mapToLong(c -> c - 'a').toArray(); }

    @Override public String decode(long... ids) {
        return LongStream.of(ids).mapToObj(id -> String.valueOf((char) ('a' + id))).collect(Collectors.joining());
    }

    @Override public int vocabSize() { return 26; }
}

package dev.merapi.text.tokenizer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A token for each character (code point) of the training texts, in Unicode's order.
 *
 * <pre>{@code
 * var chars = CharTokenizer.train(Stream.of(text));
 * long[] ids = chars.encode("To be");
 * }</pre>
 */
public final class CharTokenizer implements TextCodec {
    private final Vocabulary vocabulary;

    private CharTokenizer(Vocabulary vocabulary) { this.vocabulary = vocabulary; }

    /**
     * Takes the characters of these texts.
     *
     * @param special the first ids; with {@link Vocabulary#UNKNOWN} among them, other characters are that, without they
     *     are an error
     */
    public static CharTokenizer train(Stream<String> texts, String... special) {
        var letters = texts.flatMapToInt(String::codePoints).distinct().sorted().mapToObj(Character::toString);
        return new CharTokenizer(Vocabulary.of(Stream.concat(Stream.of(special), letters).toList()));
    }

    /** @throws IllegalArgumentException if a character is not in the vocabulary, and [UNK] neither */
    @Override public long[] encode(String text) {
        return text.codePoints().mapToObj(Character::toString).mapToLong(vocabulary::id).toArray();
    }

    @Override public String decode(long... ids) {
        return Arrays.stream(ids).mapToObj(vocabulary::token).collect(Collectors.joining());
    }

    @Override public int vocabSize() { return vocabulary.size(); }

    /** Its characters and their ids. */
    public Vocabulary vocabulary() { return vocabulary; }

    /** Writes the characters as JSON. */
    public void save(Path file) { vocabulary.save(file); }

    /** @throws IllegalArgumentException if the file is not one that {@link #save} wrote */
    public static CharTokenizer load(Path file) { return new CharTokenizer(Vocabulary.load(file)); }
}

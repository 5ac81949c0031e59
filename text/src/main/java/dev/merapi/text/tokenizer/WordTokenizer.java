package dev.merapi.text.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Words between spaces, as Keras's {@code TextVectorization}: id 0 is padding, 1 any unknown word, and then come the
 * words of the training texts, the most frequent first.
 *
 * <pre>{@code
 * var words = WordTokenizer.train(texts.stream(), 20_000);
 * long[] ids = words.encode("A masterpiece!");
 * }</pre>
 */
public final class WordTokenizer implements TextCodec {
    /** Small letters without punctuation and HTML. */
    public static final List<Clean> CLEAN = List.of(Clean.STRIP_HTML, Clean.LOWER_CASE, Clean.STRIP_PUNCTUATION);
    /** The token of id 0, which {@link #decode} leaves out. */
    public static final String PADDING = "";

    private static final Pattern SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    private final Vocabulary vocabulary;
    private final List<Clean> steps;
    private final UnaryOperator<String> clean;

    private WordTokenizer(Vocabulary vocabulary, List<Clean> steps) {
        this.vocabulary = vocabulary;
        this.steps = List.copyOf(steps);
        this.clean = Clean.all(this.steps);
    }

    /** At most so many words, padding and unknown counted, of texts cleaned by {@link #CLEAN}. */
    public static WordTokenizer train(Stream<String> texts, int maxSize) { return train(texts, maxSize, 1, CLEAN); }

    /**
     * Trains on texts.
     *
     * @param maxSize words in all, padding and unknown counted
     * @param minFrequency rarer words are unknown
     * @param steps what is done to a text before it is split
     */
    public static WordTokenizer train(Stream<String> texts, int maxSize, long minFrequency, List<Clean> steps) {
        var clean = Clean.all(steps);
        var words = texts.flatMap(text -> split(clean.apply(text)));
        return new WordTokenizer(Vocabulary.count(words, maxSize, minFrequency, PADDING, Vocabulary.UNKNOWN), steps);
    }

    @Override public long[] encode(String text) {
        return split(clean.apply(text)).mapToLong(vocabulary::id).toArray();
    }

    /** The words with a space between them; without padding, and with [UNK] where the word is lost. */
    @Override public String decode(long... ids) {
        return Arrays.stream(ids).mapToObj(vocabulary::token).filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }

    @Override public int vocabSize() { return vocabulary.size(); }

    /** Its words and their ids. */
    public Vocabulary vocabulary() { return vocabulary; }

    /** Writes the words and the cleaning steps as JSON. */
    public void save(Path file) {
        var settings = TokenizerFiles.JSON.createObjectNode();
        var names = settings.putArray("clean");
        steps.forEach(step -> names.add(step.name()));
        vocabulary.write(file, settings);
    }

    /** @throws IllegalArgumentException if the file is not one that {@link #save} wrote */
    public static WordTokenizer load(Path file) {
        var json = TokenizerFiles.object(file);
        var vocabulary = Vocabulary.read(json, file);
        if (!vocabulary.tokens().stream().limit(2).toList().equals(List.of(PADDING, Vocabulary.UNKNOWN))) {
            throw new IllegalArgumentException(file + ": expected padding, \"\", and " + Vocabulary.UNKNOWN
                    + " as the first tokens. Received " + vocabulary.tokens().stream().limit(2).toList() + ".");
        }
        try {
            var steps = new ArrayList<Clean>();
            for (var step : json.required("clean")) steps.add(Clean.valueOf(step.asText()));
            return new WordTokenizer(vocabulary, steps);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": expected a list \"clean\" of steps. " + e.getMessage(), e);
        }
    }

    private static Stream<String> split(String text) {
        return SPACE.splitAsStream(text).filter(word -> !word.isEmpty());
    }
}

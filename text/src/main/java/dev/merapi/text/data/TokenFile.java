package dev.merapi.text.data;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.text.tokenizer.TextCodec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The token ids of a corpus of any size, written once and mapped into memory from then on.
 *
 * <pre>{@code
 * try (var lines = Lines.stream(corpus)) {
 *     TokenFile.write(file, tokenizer, lines.map(line -> line + "\n"));
 * }
 * var parts = TokenFile.open(file).split(0.9);
 * var train = Loader.of(parts.get(0).randomWindows(256, 12_800), 64).seed(1337);     // 200 batches an epoch
 * var test = Loader.of(parts.get(1).windows(256), 64);
 * }</pre>
 *
 * An id takes two bytes where the vocabulary has at most 65,536 tokens, and else four. The mapping lives as long as
 * anything that uses it, and needs no closing. A file that is cut while it is mapped breaks its readers: replace files
 * by moving, as {@link #write} does.
 */
public final class TokenFile {
    private static final long VERIFIED = 1 << 26; // bytes whose checksum takes some hundredths of a second

    private final TokenFormat format;
    private final MemorySegment whole; // the ids of the file
    private final MemorySegment ids; // of them, those of this part
    private final String name;

    private TokenFile(TokenFormat format, MemorySegment whole, MemorySegment ids, String name) {
        this.format = format;
        this.whole = whole;
        this.ids = ids;
        this.name = name;
    }

    /**
     * Encodes texts one after another, some hundred at a time, so that the corpus may be larger than memory. The file
     * appears complete or not at all. Nothing is put between texts: add a line's end, or the token that ends a
     * document, to each. A tokenizer may cut a text's end otherwise than amid the whole corpus.
     *
     * @param texts closed by the caller
     * @param origin what the ids are made of and by, such as the names of corpus and tokenizer; see {@link #origin}
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, TextCodec codec, Stream<String> texts, String origin) {
        TokenFormat.write(file, codec, texts, origin);
    }

    /** As {@link #write(Path, TextCodec, Stream, String)}, with nothing said of the origin. */
    public static void write(Path file, TextCodec codec, Stream<String> texts) { write(file, codec, texts, ""); }

    /**
     * Maps a file that {@link #write} wrote. The ids of one of more than 64 MiB are not looked at before they are asked
     * for; {@link #verify} does.
     *
     * @throws IllegalArgumentException if it is another file, or is damaged or cut off
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static TokenFile open(Path file) {
        var segment = TokenFormat.map(file);
        var format = TokenFormat.of(segment, file);
        var ids = segment.asSlice(format.header());
        var tokens = new TokenFile(format, ids, ids, file.toString());
        return ids.byteSize() <= VERIFIED ? tokens.verify() : tokens;
    }

    /**
     * Reads the whole file, also that of a part, and compares it with its checksum.
     *
     * @return this
     * @throws IllegalArgumentException if ids are not those that were written
     */
    public TokenFile verify() {
        format.verify(whole, name);
        return this;
    }

    /** Number of ids. */
    public long size() { return ids.byteSize() / format.width(); }

    /** Tokens of the vocabulary that they are from. */
    public int vocabSize() { return format.vocabSize(); }

    /**
     * What made the file, as {@link #write} was told; empty if it was not. Tells apart vocabularies of the same size,
     * which no check can.
     */
    public String origin() { return format.origin(); }

    /** The id at a position from 0. */
    public long get(long position) { return copy(position, new long[1], 0, 1)[0]; }

    /** Fills a part of an array with the ids from a position on. */
    long[] copy(long position, long[] into, int at, int count) {
        Objects.checkFromIndexSize(position, count, size());
        for (int i = 0; i < count; i++) {
            long id = format.id(ids, position + i);
            if (id >= vocabSize()) {
                throw new IllegalArgumentException(name + ": expected ids below " + vocabSize() + ". Received " + id
                        + " at position " + (position + i) + "; the file is damaged, write it again.");
            }
            into[at + i] = id;
        }
        return into;
    }

    /**
     * Two parts: the beginning, of this fraction, and the rest.
     *
     * @param first such as 0.9
     */
    public List<TokenFile> split(double first) {
        if (!(first > 0 && first < 1)) {
            throw new IllegalArgumentException("TokenFile.split: expected a fraction between 0 and 1. Received "
                    + first);
        }
        long bytes = Math.round(first * size()) * format.width();
        return List.of(new TokenFile(format, whole, ids.asSlice(0, bytes), name),
                new TokenFile(format, whole, ids.asSlice(bytes), name));
    }

    /**
     * Every id once, to measure with: windows side by side, x (T) and its successors y (T), int64. What does not fill a
     * window at the end, fewer than {@code length} ids, is left out.
     *
     * @throws IllegalArgumentException unless there are more than {@code length} ids, as each needs its successor
     */
    public Dataset<Batch> windows(int length) {
        check(length);
        return new TokenWindows(this, length, count(length), false);
    }

    private int count(int length) {
        long count = (size() - 1) / length;
        if (count <= Integer.MAX_VALUE) return (int) count;
        throw new IllegalArgumentException("TokenFile.windows: expected at most " + Integer.MAX_VALUE
                + " windows. Received " + count + "; make them longer, or the file shorter by split.");
    }

    /**
     * Windows at random places, to learn from: anew each epoch, drawn with the loader's seed. x and y as in
     * {@link #windows}.
     *
     * @param count windows in an epoch
     * @throws IllegalArgumentException as {@link #windows}
     */
    public Dataset<Batch> randomWindows(int length, int count) {
        check(length);
        if (count < 1) {
            throw new IllegalArgumentException("TokenFile.randomWindows: expected at least 1 window. Received "
                    + count);
        }
        return new TokenWindows(this, length, count, true);
    }

    private void check(int length) {
        if (length < 1 || size() <= length) {
            throw new IllegalArgumentException(name + ": expected windows of 1 to " + (size() - 1) + " tokens, as it"
                    + " has " + size() + " and each needs its successor. Received " + length);
        }
    }
}

package dev.merapi.text.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.merapi.text.tokenizer.EncodeOptions.Truncation;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * One tokenizer of the native library. Threads encode side by side; one that wants another truncation, which is a state
 * of the native object, waits for the others. The library ends the process where it panics, so what it would panic at
 * is checked before.
 */
final class NativeTokenizer implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final EncodeOptions WHOLE = EncodeOptions.DEFAULT.noSpecialTokens();

    private final TokenizersLibrary library = NativeLibrary.load();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final TextLimits limits;
    private final long handle;
    private final Cleaner.Cleanable freed;
    private final int addedToOne;
    private final int addedToTwo;
    private boolean closed;
    private int maxLength;
    private int stride;
    private Truncation truncation = Truncation.LONGEST_FIRST;

    /**
     * @param limits of the texts that this tokenizer may be given
     * @throws IllegalArgumentException with the library's words, if the JSON is not that of a tokenizer
     */
    NativeTokenizer(String json, TextLimits limits) {
        this.limits = limits;
        try {
            handle = library.createTokenizerFromString(json);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        freed = free(this, library, handle);
        addedToOne = ids(List.of(""), EncodeOptions.DEFAULT).getFirst().length;
        addedToTwo = encode(List.of(""), List.of(""), EncodeOptions.DEFAULT).getFirst().size();
    }

    /** The ids of each text, cut but not padded. */
    List<long[]> ids(List<String> texts, EncodeOptions options) {
        checkOne(options);
        var readable = readable(texts);
        return run(options, () -> {
            var all = new ArrayList<long[]>(texts.size());
            for (long encoding : library.batchEncode(handle, readable, options.specialTokens())) {
                all.add(library.getTokenIds(encoding));
                library.deleteEncoding(encoding);
            }
            return all;
        });
    }

    /** Encodings of texts, or of pairs where {@code seconds} is not null; cut but not padded. */
    List<Encoding> encode(List<String> firsts, List<String> seconds, EncodeOptions options) {
        if (seconds == null) checkOne(options);
        else checkPairs(firsts, seconds, options);
        var a = readable(firsts);
        var b = seconds == null ? null : readable(seconds);
        boolean special = options.specialTokens();
        return run(options, () -> {
            var handles = b == null ? library.batchEncode(handle, a, special)
                    : library.batchEncodePair(handle, a, b, special);
            var encodings = new ArrayList<Encoding>(handles.length);
            for (int i = 0; i < handles.length; i++) {
                var offsets = new Offsets(List.of(a[i]), b == null ? "" : b[i], false);
                encodings.add(read(handles[i], offsets, true));
            }
            return encodings;
        });
    }

    /** Encodes words that stand apart already. */
    Encoding encodeWords(List<String> words, EncodeOptions options) {
        checkOne(options);
        var readable = readable(words);
        return run(options, () -> read(library.encodeList(handle, readable, options.specialTokens()),
                new Offsets(List.of(readable), "", true), true));
    }

    String decode(long[] ids, boolean skipSpecial) {
        lock.readLock().lock();
        try {
            checkOpen();
            return library.decode(handle, ids, skipSpecial);
        } finally {
            lock.readLock().unlock();
            Reference.reachabilityFence(this);
        }
    }

    @Override public void close() {
        lock.writeLock().lock();
        closed = true;
        freed.clean();
        lock.writeLock().unlock();
    }

    private <T> T run(EncodeOptions options, Supplier<T> body) {
        var held = lockedFor(options);
        try {
            return body.get();
        } finally {
            held.unlock();
            Reference.reachabilityFence(this); // else it might be freed while the library works
        }
    }

    private void checkOne(EncodeOptions options) {
        checkRoom(options, options.maxLength() - added(options, addedToOne), "");
        if (options.maxLength() > 0 && options.truncation() == Truncation.ONLY_SECOND) {
            throw new IllegalArgumentException("EncodeOptions.truncation: expected LONGEST_FIRST or ONLY_FIRST, as the"
                    + " texts are no pairs. Received ONLY_SECOND.");
        }
    }

    /** Where one text of a pair alone is cut, what the other leaves of the room must do for it. */
    private void checkPairs(List<String> firsts, List<String> seconds, EncodeOptions options) {
        if (options.maxLength() == 0) return;
        int room = options.maxLength() - added(options, addedToTwo);
        if (options.truncation() == Truncation.LONGEST_FIRST) {
            checkRoom(options, room / 2, " for each text of a pair");
            return;
        }
        var kept = ids(options.truncation() == Truncation.ONLY_FIRST ? seconds : firsts, WHOLE);
        var cut = ids(options.truncation() == Truncation.ONLY_FIRST ? firsts : seconds, WHOLE);
        for (int i = 0; i < kept.size(); i++) {
            int length = kept.get(i).length;
            if (length + cut.get(i).length > room) {
                checkRoom(options, room - length, " beside the " + length + " of the text that is not cut");
            }
        }
    }

    private static void checkRoom(EncodeOptions options, int room, String where) {
        if (options.maxLength() == 0 || room > options.stride()) return;
        throw new IllegalArgumentException("EncodeOptions.maxLength: expected room for more than " + options.stride()
                + " tokens, the stride," + where + " and special tokens. Received " + options.maxLength()
                + ", which leaves " + Math.max(0, room) + ".");
    }

    /** Static, as what is registered must not hold the object. */
    private static Cleaner.Cleanable free(NativeTokenizer owner, TokenizersLibrary library, long handle) {
        return CLEANER.register(owner, () -> library.deleteTokenizer(handle));
    }

    private static int added(EncodeOptions options, int tokens) { return options.specialTokens() ? tokens : 0; }

    /** The lock to give back, held while the native object has the truncation of these options. */
    private Lock lockedFor(EncodeOptions options) {
        lock.readLock().lock();
        if (!closed && hasTruncation(options)) return lock.readLock();
        lock.readLock().unlock();
        lock.writeLock().lock();
        try {
            checkOpen();
            maxLength = options.maxLength();
            stride = options.stride();
            truncation = options.truncation();
            if (maxLength == 0) library.disableTruncation(handle);
            else library.setTruncation(handle, maxLength, truncation.name(), stride);
            lock.readLock().lock();
            return lock.readLock();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean hasTruncation(EncodeOptions options) {
        return maxLength == options.maxLength() && (maxLength == 0
                || stride == options.stride() && truncation == options.truncation());
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("This tokenizer is closed.");
    }

    private Encoding read(long encoding, Offsets offsets, boolean withOverflow) {
        try {
            var words = ints(library.getWordIds(encoding));
            var sequences = ints(library.getSequenceIds(encoding));
            var windows = new ArrayList<Encoding>();
            if (withOverflow && library.getOverflowCount(encoding) > 0) {
                for (long window : library.getOverflowing(encoding)) windows.add(read(window, offsets, false));
            }
            return new Encoding(library.getTokenIds(encoding), library.getTypeIds(encoding),
                    library.getAttentionMask(encoding), library.getSpecialTokenMask(encoding),
                    List.of(library.getTokens(encoding)),
                    offsets.spans(library.getTokenCharSpans(encoding), words, sequences), words, sequences,
                    List.copyOf(windows));
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    private static int[] ints(long[] values) { return Arrays.stream(values).mapToInt(v -> (int) v).toArray(); }

    private String[] readable(List<String> texts) {
        texts.forEach(limits::check);
        return texts.stream().map(NativeTokenizer::readable).toArray(String[]::new);
    }

    /** The text without what the library reads as several characters: zeros and halves of surrogate pairs. */
    private static String readable(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                if (mended == null) mended = new StringBuilder(text);
                mended.setCharAt(i, '\uFFFD');
            }
        }
        return mended == null ? text : mended.toString();
    }
}

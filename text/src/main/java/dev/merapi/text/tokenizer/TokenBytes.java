package dev.merapi.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The bytes that each token of a vocabulary adds to a text, in an order in which common beginnings are read once. */
public final class TokenBytes {
    /** Where a text goes on from, by a byte; null where it may not. */
    @FunctionalInterface
    public interface Step<S> {
        /** The state after a byte. */
        S next(S state, int octet);
    }

    /** A token that may come, and the state after it. */
    @FunctionalInterface
    public interface Reached<S> {
        /** Takes one. */
        void token(int id, S state);
    }

    private static final byte[] NOTHING = {};

    private final byte[][] bytes; // by id; empty where a token is no text
    private final int[] sorted; // ids of those with bytes, by their bytes
    private final int[] shared; // bytes that each has in common with the one before

    private TokenBytes(byte[][] bytes) {
        this.bytes = bytes;
        var ids = new ArrayList<Integer>();
        for (int id = 0; id < bytes.length; id++) if (bytes[id].length > 0) ids.add(id);
        ids.sort(Comparator.comparing((Integer id) -> bytes[id], Arrays::compareUnsigned));
        sorted = ids.stream().mapToInt(id -> id).toArray();
        shared = new int[sorted.length];
        for (int i = 1; i < sorted.length; i++) {
            int same = Arrays.mismatch(bytes[sorted[i - 1]], bytes[sorted[i]]);
            shared[i] = same < 0 ? bytes[sorted[i]].length : same;
        }
    }

    /** Those of a codec; special tokens and those that were added to a vocabulary have none. */
    public static TokenBytes of(TextCodec codec) {
        if (codec instanceof Tokenizer tokenizer) return new TokenBytes(tokenizer.bytes());
        var bytes = new byte[codec.vocabSize()][];
        for (int id = 0; id < bytes.length; id++) bytes[id] = codec.decode(id).getBytes(StandardCharsets.UTF_8);
        return new TokenBytes(bytes);
    }

    /** The bytes of a token; none for one that is no text. */
    public byte[] of(long id) { return id < bytes.length ? bytes[(int) id] : NOTHING; }

    /** Follows all tokens from a state, and tells those that may come. */
    public <S> void walk(S start, Step<S> step, Reached<S> reached) {
        var states = new ArrayList<S>(List.of(start)); // after each byte of the token before, as far as it went
        for (int i = 0; i < sorted.length; i++) {
            byte[] token = bytes[sorted[i]];
            int at = Math.min(shared[i], states.size() - 1);
            boolean failed = at < shared[i]; // in what it has in common with one that failed there
            states.subList(at + 1, states.size()).clear();
            while (!failed && at < token.length) {
                S next = step.next(states.get(at), token[at] & 0xFF);
                failed = next == null;
                if (failed) break;
                states.add(next);
                at++;
            }
            if (!failed) reached.token(sorted[i], states.get(at));
        }
    }
}

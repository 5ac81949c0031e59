package dev.merapi.text.tokenizer;

import dev.merapi.text.tokenizer.EncodeOptions.Padding;
import dev.merapi.text.tokenizer.EncodeOptions.Side;
import dev.merapi.text.tokenizer.Encoding.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fills encodings up to one length.
 *
 * @param id of the token to fill up with
 */
record Padder(EncodeOptions options, long id, String token) {
    List<long[]> ids(List<long[]> all) {
        int length = length(all.stream().mapToInt(ids -> ids.length));
        return all.stream().map(ids -> fill(ids, length, id)).toList();
    }

    List<Encoding> encodings(List<Encoding> all) {
        int length = length(all.stream().mapToInt(Encoding::size));
        return all.stream().map(e -> pad(e, length)).toList();
    }

    private int length(IntStream lengths) {
        int length = options.padding() == Padding.MAX_LENGTH ? options.maxLength() : lengths.max().orElse(0);
        return Math.ceilDiv(length, options.padToMultipleOf()) * options.padToMultipleOf();
    }

    private Encoding pad(Encoding e, int length) {
        return new Encoding(fill(e.ids(), length, id), fill(e.typeIds(), length, 0),
                fill(e.attentionMask(), length, 0), fill(e.specialTokensMask(), length, 1),
                fill(e.tokens(), length, token), fill(e.offsets(), length, Span.NONE), fill(e.words(), length),
                fill(e.sequences(), length), e.overflowing().stream().map(window -> pad(window, length)).toList());
    }

    private long[] fill(long[] values, int length, long with) {
        int missing = length - values.length;
        if (missing <= 0) return values;
        var filled = new long[length];
        Arrays.fill(filled, with);
        System.arraycopy(values, 0, filled, start(missing), values.length);
        return filled;
    }

    private int[] fill(int[] values, int length) {
        int missing = length - values.length;
        if (missing <= 0) return values;
        var filled = new int[length];
        Arrays.fill(filled, -1);
        System.arraycopy(values, 0, filled, start(missing), values.length);
        return filled;
    }

    private <T> List<T> fill(List<T> values, int length, T with) {
        int missing = length - values.size();
        if (missing <= 0) return values;
        var filled = new ArrayList<>(values);
        filled.addAll(start(missing) == 0 ? values.size() : 0, Collections.nCopies(missing, with));
        return List.copyOf(filled);
    }

    /** Where the values begin. */
    private int start(int missing) { return options.paddingSide() == Side.LEFT ? missing : 0; }
}

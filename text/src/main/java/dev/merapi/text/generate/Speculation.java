package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Writes one text with guesses. Each token follows from the model's logits and the text's next random number, as it
 * does without guesses; a guess is kept while it is that token, and the first that is not is taken back with those
 * behind it. V vocabulary.
 */
final class Speculation {
    private Speculation() {}

    /**
     * @param decoding of the prompt alone
     * @param most guesses at a time
     */
    static void run(Decoding decoding, long[] prompt, Sequence sequence, Guesser guesser, int most) {
        long next;
        try (var _ = Scope.open()) {
            next = choose(decoding.logits(), sequence);
        }
        while (sequence.add(next)) {
            try (var _ = Scope.open()) {
                int left = sequence.options().maxTokens() - sequence.ids().length - 1; // the last is written, not read
                int room = Math.min(Math.min(most, left), decoding.room() - 1);
                long[] guesses = room < 1 ? new long[0] : guesser.guess(all(prompt, sequence), room);
                if (guesses.length == 0) {
                    decoding.read(Tensor.of(new long[] {next}));
                    next = choose(decoding.logits(), sequence);
                    continue;
                }
                Tensor logits = decoding.readAll(LongStream.concat(LongStream.of(next), LongStream.of(guesses))
                        .toArray()); // (1 + guesses, V)
                int kept = 0;
                next = choose(logits.narrow(0, 0, 1), sequence);
                while (kept < guesses.length && next == guesses[kept]) {
                    if (!sequence.add(next)) return;
                    kept++;
                    next = choose(logits.narrow(0, kept, 1), sequence);
                }
                decoding.forget(guesses.length - kept);
            }
        }
    }

    private static long[] all(long[] prompt, Sequence sequence) {
        return LongStream.concat(LongStream.of(prompt), LongStream.of(sequence.ids())).toArray();
    }

    /** The next token, from logits (1, V). */
    private static long choose(Tensor logits, Sequence sequence) {
        return Sampling.next(Rows.checked(logits.to(DType.FLOAT32), sequence.ids().length), List.of(sequence))[0];
    }
}

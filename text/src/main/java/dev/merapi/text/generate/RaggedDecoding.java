package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * Texts that a model reads together, each as far as it has come: of one a piece of its prompt, of another the token
 * that it wrote last, in one pass. What they remember lies in memory of bounded size; texts that begin
 * alike share what they remember of that.
 *
 * <pre>{@code
 * try (var decoding = model.together(RaggedDecoding.Memory.DEFAULT)) {
 *     var row = decoding.open(prompt, 100);
 *     var rest = Arrays.copyOfRange(prompt, row.length(), prompt.length);       // the beginning may be known
 *     Tensor logits = decoding.read(List.of(new RaggedDecoding.Piece(row, rest, 1)));
 * }
 * }</pre>
 *
 * It belongs to one thread.
 */
public interface RaggedDecoding extends AutoCloseable {
    /** Tokens of a beginning that are shared together. */
    int BLOCK = 32;

    /**
     * How much is remembered.
     *
     * @param bytes of keys and values, at most
     * @param type in which they are kept: float32, bfloat16, or int8, where each token's vector of a head has a scale;
     *     null for the model's own
     * @param kept a file for what several texts have begun with, written at the end and read at the beginning: for the
     *     same model alone, to the bit. Null for none
     */
    record Memory(long bytes, DType type, Path kept) {
        /** 1 GiB, in the model's own type. */
        public static final Memory DEFAULT = new Memory(1L << 30, null, null);

        public Memory {
            Expect.atLeast("RaggedDecoding.Memory", 1, bytes);
            boolean known = type == null || type == DType.FLOAT32 || type == DType.BFLOAT16 || type == DType.INT8;
            Expect.that(known, "RaggedDecoding.Memory", "float32, bfloat16 or int8", type);
        }

        /** Without a file. */
        public Memory(long bytes, DType type) { this(bytes, type, null); }
    }

    /** A text that is read. */
    interface Row extends AutoCloseable {
        /** Its tokens that the model remembers. */
        int length();

        /** Takes the last tokens back, possibly none; those that are left stay. */
        void forget(int tokens);

        /** Leaves; what others may share of it stays as long as nobody needs the room. */
        @Override void close();

        /** Leaves, and nothing stays but what others share now. */
        void discard();
    }

    /**
     * The next tokens of a row.
     *
     * @param wanted after how many of them, the last ones, logits are asked for
     * @param guessed how many of them, the last ones, may yet be taken back: nobody shares them before
     *     {@link Row#forget} was called for those that are wrong, or none
     */
    record Piece(Row row, long[] ids, int wanted, int guessed) {
        /** Without guesses. */
        public Piece(Row row, long[] ids, int wanted) { this(row, ids, wanted, 0); }
    }

    /** @throws IllegalArgumentException if a text cannot be read, or never has room */
    void expectRoom(long[] text);

    /**
     * A row for a text, which remembers as much of its beginning as is known from others; the last token is always left
     * to read.
     *
     * @param ahead how many tokens will be written after it, as far as one knows
     * @return null if there is no room for it now
     */
    Row open(long[] text, int ahead);

    /** Whether there is room to read so many more tokens of a row; what nobody uses makes room. */
    boolean hasRoom(Row row, int tokens);

    /**
     * Reads the pieces in one pass; there must be room for them.
     *
     * @return logits (sum of wanted, V), piece by piece
     */
    Tensor read(List<Piece> pieces);

    /** Frees all. */
    @Override void close();
}

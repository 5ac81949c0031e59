package dev.merapi.text.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece {@code .model} file (Kudo and Richardson 2018): a protocol buffer, of which the fields that matter
 * are read. Their numbers are those of {@code sentencepiece_model.proto}.
 *
 * @param pieces the vocabulary; a piece's place is its id
 * @param algorithm how texts are split into pieces
 * @param byteFallback whether unknown characters become pieces for their bytes
 * @param charsMap compiled rules that change characters; empty for none
 * @param dummyPrefix whether texts begin with a space
 * @param squeezeSpaces whether spaces at the ends and all but one in a row are dropped
 */
record SentencePieceModel(List<Piece> pieces, Algorithm algorithm, boolean byteFallback, byte[] charsMap,
        boolean dummyPrefix, boolean squeezeSpaces) {
    enum Algorithm { UNIGRAM, BPE, WORD, CHAR }

    enum Kind { NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE }

    record Piece(String text, float score, Kind kind) {}

    static SentencePieceModel read(byte[] file) {
        var reader = new Reader();
        try {
            reader.model(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("expected a SentencePiece model. The file is damaged or another.", e);
        }
        if (reader.pieces.isEmpty()) {
            throw new IllegalArgumentException("expected a SentencePiece model. Received one without pieces.");
        }
        return new SentencePieceModel(List.copyOf(reader.pieces), reader.algorithm, reader.byteFallback,
                reader.charsMap, reader.dummyPrefix, reader.squeezeSpaces);
    }

    /** Takes up a field of a message: a number, or else a message, a text or bytes. */
    private interface Fields {
        void take(int field, long number, ByteBuffer value);
    }

    /** What was read so far; it begins with the format's defaults. */
    private static final class Reader {
        final List<Piece> pieces = new ArrayList<>();
        Algorithm algorithm = Algorithm.UNIGRAM;
        boolean byteFallback;
        byte[] charsMap = {};
        boolean dummyPrefix = true;
        boolean squeezeSpaces = true;

        void model(ByteBuffer message) {
            read(message, (field, _, value) -> {
                if (field == 1) piece(bytes(value));
                if (field == 2) trainer(bytes(value));
                if (field == 3) normalizer(bytes(value));
            });
        }

        private void piece(ByteBuffer message) {
            var text = new String[] {""};
            var score = new float[1];
            var kind = new Kind[] {Kind.NORMAL};
            read(message, (field, number, value) -> {
                if (field == 1) text[0] = StandardCharsets.UTF_8.decode(bytes(value)).toString();
                if (field == 2) score[0] = Float.intBitsToFloat((int) number);
                if (field == 3) kind[0] = Kind.values()[(int) number - 1];
            });
            if (!Float.isFinite(score[0])) throw new IllegalArgumentException("the score " + score[0]);
            pieces.add(new Piece(text[0], score[0], kind[0]));
        }

        private void trainer(ByteBuffer message) {
            read(message, (field, number, _) -> {
                if (field == 3) algorithm = Algorithm.values()[(int) number - 1];
                if (field == 35) byteFallback = number != 0;
            });
        }

        private void normalizer(ByteBuffer message) {
            read(message, (field, number, value) -> {
                if (field == 2) bytes(value).get(charsMap = new byte[value.remaining()]);
                if (field == 3) dummyPrefix = number != 0;
                if (field == 4) squeezeSpaces = number != 0;
            });
        }

        private static void read(ByteBuffer message, Fields fields) {
            while (message.hasRemaining()) {
                long tag = variable(message);
                int field = (int) (tag >>> 3);
                switch ((int) tag & 7) {
                    case 0 -> fields.take(field, variable(message), null);
                    case 1 -> fields.take(field, message.getLong(), null);
                    case 2 -> {
                        int length = (int) variable(message);
                        fields.take(field, 0, message.slice(message.position(), length)
                                .order(ByteOrder.LITTLE_ENDIAN));
                        message.position(message.position() + length);
                    }
                    case 5 -> fields.take(field, message.getInt(), null);
                    default -> throw new IllegalArgumentException("wire type " + (tag & 7));
                }
            }
        }

        private static ByteBuffer bytes(ByteBuffer value) {
            if (value != null) return value;
            throw new IllegalArgumentException("a number instead of bytes");
        }

        /** A number of seven bits a byte, the lowest first. */
        private static long variable(ByteBuffer in) {
            long number = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte b = in.get();
                number |= (b & 0x7FL) << shift;
                if (b >= 0) return number;
            }
            throw new IllegalArgumentException("a number without end");
        }
    }
}

package dev.merapi.protect.masking;

import dev.merapi.tensor.Expect;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;

/** Reads and writes texts in the encoding that they have: that of their mark at the beginning, or of a setting. */
record Encodings(Charset charset) {
    private static final int MARK = 4; // bytes that are looked at
    private static final int BUFFER = 1 << 16;

    /** @param name as Java has it; empty for UTF-8, or UTF-16 where a mark says so */
    static Encodings of(String name) {
        try {
            return new Encodings(name.isEmpty() ? null : Charset.forName(name));
        } catch (UnsupportedCharsetException | IllegalCharsetNameException e) {
            throw Expect.error("encoding", "the name of one, such as windows-1252, GB18030 or UTF-16LE", name);
        }
    }

    /** A text and the encoding that it is in; bytes that are none in it fail with a message that says which is. */
    record Text(Reader in, Charset charset) {
        Writer writer(OutputStream out) { return new OutputStreamWriter(out, charset); }
    }

    /** @throws IllegalArgumentException if there are bytes of no text at the beginning */
    Text open(InputStream bytes) throws IOException {
        var in = new BufferedInputStream(bytes, BUFFER);
        in.mark(MARK);
        byte[] start = in.readNBytes(MARK);
        in.reset();
        var found = charset != null ? charset : marked(start);
        if (charset == null && found == StandardCharsets.UTF_8) {
            for (byte b : start) Expect.that(b != 0, "text", "text, not the bytes of pictures and the like", "a"
                    + " 0 byte");
        }
        var decoder = found.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return new Text(new InputStreamReader(in, decoder), found);
    }

    /** The mark is a character that is read and written as others. */
    private static Charset marked(byte... start) {
        int first = start.length < 2 ? 0 : (start[0] & 255) << 8 | start[1] & 255;
        return first == 0xFFFE ? StandardCharsets.UTF_16LE
                : first == 0xFEFF ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }
}

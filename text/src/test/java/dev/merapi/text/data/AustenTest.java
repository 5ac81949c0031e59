package dev.merapi.text.data;

import dev.merapi.text.tokenizer.CharTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AustenTest {
    private static final String TEXT = Austen.text();

    /** The checksum is what austen.py prints. */
    @Test void theNovelsAreWhole() throws NoSuchAlgorithmException {
        assertEquals("4811f4bb642df4fa6669e08fbdef1d7339591ecb2575ce292cfe1856669da560", HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(TEXT.getBytes(StandardCharsets.UTF_8))));
        assertTrue(TEXT.startsWith("PRIDE AND PREJUDICE\n\nBy Jane Austen\n"));
        assertTrue(TEXT.contains("\nPersuasion\n\n\nby\n\nJane Austen\n"));
        assertTrue(TEXT.stripTrailing().endsWith("national importance.\n\n\n\nFinis"));
    }

    @Test void charactersFillAFile(@TempDir Path folder) {
        var codec = CharTokenizer.train(Stream.of(TEXT));
        Path file = folder.resolve("austen.tokens");
        TokenFile.write(file, codec, TEXT.lines().map(line -> line + "\n"));
        var tokens = TokenFile.open(file);
        assertEquals(1_151_622, tokens.size());
        assertEquals(77, tokens.vocabSize());
        assertEquals("Pemberley", codec.decode(tokens.copy(TEXT.indexOf("Pemberley"), new long[9], 0, 9)));
    }
}

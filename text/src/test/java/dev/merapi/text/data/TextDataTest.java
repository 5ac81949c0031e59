package dev.merapi.text.data;

import dev.merapi.text.tokenizer.Clean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TextDataTest {
    @TempDir Path folder;

    @Test void classesAreTheTrainingFiles() throws IOException {
        var data = TextData.read(file("a.csv", "text,label\nA,pos\nB,neg\nC,pos\n"),
                file("b.jsonl", "{\"text\": \"D\", \"label\": \"neg\"}\n"), "text", "label");
        assertEquals(List.of("neg", "pos"), data.classes());
        assertEquals(List.of(new LabeledText("A", 1), new LabeledText("B", 0), new LabeledText("C", 1)),
                data.train().stream().toList());
        assertEquals(List.of(new LabeledText("D", 0)), data.test().stream().toList());
        assertEquals(new LabeledText("a", 1), data.prepare(Clean.LOWER_CASE).train().get(0));
    }

    @Test void numbersAreSortedBySize() throws IOException {
        Path file = file("a.csv", "text,label\nA,10\nB,9\nC,-1\n");
        assertEquals(List.of("-1", "9", "10"), TextData.read(file, file, "text", "label").classes());
    }

    @Test void pairs() throws IOException {
        Path file = file("a.tsv", "s1\ts2\tequal\nA\tB\t0\nC\tD\t1\n");
        var data = TextData.read(file, file, "s1", "s2", "equal").prepare(Clean.LOWER_CASE);
        assertEquals(List.of(new LabeledText("a", "b", 0), new LabeledText("c", "d", 1)),
                data.test().stream().toList());
    }

    @Test void aPartIsHeldOut() throws IOException {
        var rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 100; i++) rows.append(i).append(i % 4 == 0 ? ",a\n" : ",b\n");
        Path file = file("a.csv", rows.toString());
        var data = TextData.split(file, "text", "label", 0.2, 7);
        assertEquals(80, data.train().size());
        assertEquals(5, data.test().stream().filter(t -> t.label() == 0).count());
        assertEquals(100, data.train().concat(data.test()).stream().distinct().count());
        assertEquals(data.test().stream().toList(),
                TextData.split(file, "text", "label", 0.2, 7).test().stream().toList());
    }

    @Test void unknownClassesAreNamed() throws IOException {
        Path train = file("a.csv", "text,label\nA,pos\nB,neg\n");
        Path test = file("b.csv", "text,label\nA,pos\nB,negg\n");
        assertEquals(test + ": expected one of the classes that are learnt, [neg, pos]. Received \"negg\" in row 2; did"
                + " you mean \"neg\"?", message(() -> TextData.read(train, test, "text", "label")));
        Path empty = file("c.csv", "text,label\n");
        assertEquals(empty + ": expected rows with texts and labels. Received none.",
                message(() -> TextData.read(empty, test, "text", "label")));
        Path missing = file("d.csv", "text,label\nA,pos\nB,\n");
        assertEquals(missing + ", row 2: expected a label in column \"label\". Received none.",
                message(() -> TextData.read(missing, train, "text", "label")));
        var data = TextData.read(train, train, "text", "label");
        assertSame(data, data.expectClasses(List.of("neg", "pos")));
        assertEquals(List.of(0, 2), data.expectClasses(List.of("pos", "so-so", "neg")).train().stream()
                .map(LabeledText::label).toList());
        assertEquals("data: expected the classes that the run has learnt, [bad, good]. Received [neg, pos]; has the"
                + " file changed?", message(() -> data.expectClasses(List.of("bad", "good"))));
    }

    @Test void foldersAreClasses() throws IOException {
        file("train/spam/10.txt", "buy\nnow\n");
        file("train/spam/9.txt", "buy");
        file("train/spam/notes.md", "x");
        file("train/ham/1.txt", "hällo");
        file("train/.git/1.txt", "x");
        file("test/spam/1.txt", "b");
        var data = TextFolder.split(folder);
        assertEquals(List.of("ham", "spam"), data.classes());
        assertEquals(List.of(new LabeledText("hällo", 0), new LabeledText("buy\nnow\n", 1), new LabeledText("buy", 1)),
                data.train().stream().toList());
        assertEquals(List.of(new LabeledText("b", 1)), data.test().stream().toList());

        file("test/eggs/1.txt", "b");
        Path test = folder.resolve("test");
        assertEquals(test.resolve("eggs") + ": expected a folder named as one of the classes [ham, spam]. Received"
                + " eggs; move it elsewhere.", message(() -> TextFolder.split(folder)));
    }

    @Test void emptyFoldersAreNamed() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("train/ham"));
        Files.createDirectories(folder.resolve("test"));
        assertEquals(empty + ": expected texts in .txt files. Received none; add some, or remove the folder.",
                message(() -> TextFolder.split(folder)));
        assertEquals(empty + ": expected a folder for each class, with texts in it. Received none.",
                message(() -> TextFolder.read(empty, List.of("ham"))));
        assertEquals("Could not read " + empty.resolve("train") + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> TextFolder.split(empty)).getMessage());
        Files.write(empty.resolve("1.txt"), new byte[] {'a', '\n', (byte) 0xFF});
        String message = message(() -> TextFolder.split(folder));
        assertTrue(message.startsWith(empty.resolve("1.txt") + ", line 2: expected text in UTF-8."), message);
    }

    @Test void parallelFilesArePairs() throws IOException {
        file("train.de", "Hallo\nWelt\n");
        Files.write(folder.resolve("train.en.gz"), LinesTest.gzip("Hello\nworld".getBytes()));
        var pairs = TextPair.read(folder, "train", "de", "en");
        assertEquals(List.of(new TextPair("Hallo", "Hello"), new TextPair("Welt", "world")), pairs.stream().toList());

        Path german = folder.resolve("train.de");
        assertEquals(List.of(new TextPair("Hallo", "Hallo"), new TextPair("Welt", "Welt")),
                TextPair.open(german, german).stream().toList());

        Path more = file("train.fr", "Bonjour\n");
        assertEquals(folder.resolve("train.de") + " and " + more + ": expected equally many lines. Received 2 and 1; do"
                + " they belong together, or is one cut off?",
                message(() -> TextPair.read(folder, "train", "de", "fr")));
        assertEquals(message(() -> TextPair.read(german, more)), message(() -> TextPair.open(german, more)));
        assertEquals(folder + ": expected a file val.de or val.de.gz. Received the files [train.de, train.en.gz,"
                + " train.fr].", message(() -> TextPair.read(folder, "val", "de", "en")));
    }

    private Path file(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        return Files.writeString(folder.resolve(name), text);
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}

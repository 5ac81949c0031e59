package dev.merapi.text.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ColumnsTest {
    @TempDir Path folder;

    @Test void commasAndQuotes() throws IOException {
        Path file = file("a.csv", "\uFEFFtext,id,label\n spaces stay ,1,pos\n\n"
                + "\"He said \"\"no\"\",\r\nand left\",2,neg\n,3,pos\r\n");
        assertEquals(List.of(List.of("pos", " spaces stay "), List.of("neg", "He said \"no\",\r\nand left"),
                List.of("pos", "")), Columns.read(file, "label", "text"));
    }

    @Test void tabsTakeQuotesAsTheyAre() throws IOException {
        Path file = file("a.tsv", "sentence\tlabel\n\"Unclosed, she said\t1\n a \"b\" c \t0\n");
        assertEquals(List.of(List.of("\"Unclosed, she said", "1"), List.of(" a \"b\" c ", "0")),
                Columns.read(file, "sentence", "label"));
    }

    @Test void jsonLines() throws IOException {
        String text = "{\"text\": \"a\\nb\", \"label\": 1, \"more\": [1]}\n\n{\"label\": true, \"text\": \"ü\"}\n";
        var expected = List.of(List.of("a\nb", "1"), List.of("ü", "true"));
        assertEquals(expected, Columns.read(file("a.jsonl", text), "text", "label"));
        Path zipped = Files.write(folder.resolve("a.ndjson.gz"),
                LinesTest.gzip(text.getBytes(StandardCharsets.UTF_8)));
        assertEquals(expected, Columns.read(zipped, "text", "label"));
    }

    @Test void missingColumnsAreNamedWithTheNearest() throws IOException {
        Path table = file("a.csv", "id,review,stars\n1,a,5\n");
        assertEquals(table + ": expected a column \"reviews\". Received the columns [id, review, stars]; did you"
                + " mean \"review\"?", message(table, "reviews"));
        Path lines = file("a.jsonl", "{\"text\": \"a\"}\n{\"txt\": \"a\"}\n");
        assertEquals(lines + ", line 2: expected a column \"text\". Received the columns [txt]; did you mean"
                + " \"txt\"?", message(lines, "text"));
    }

    @Test void farColumnsAreNoGuess() throws IOException {
        Path table = file("a.csv", "review,stars\na,5\n");
        assertEquals(table + ": expected a column \"label\". Received the columns [review, stars].",
                message(table, "label"));
    }

    @Test void columnsHaveNames() throws IOException {
        assertEquals(List.of("a", "b, c"), Columns.names(file("a.csv", "a,\"b, c\"\n1,2\n")));
        assertEquals(List.of("a", "b"), Columns.names(file("a.tsv", "a\tb\n1\t2\t3\n")));
        assertEquals(List.of("a", "b"), Columns.names(file("a.jsonl", "\n{\"a\": 1, \"b\": 2}\n{\"c\": 3}\n")));
        assertEquals(List.of(), Columns.names(file("b.jsonl", "")));
        Path empty = file("b.csv", "");
        assertEquals(empty + ": expected a first line with the columns' names. Received an empty file.",
                assertThrows(IllegalArgumentException.class, () -> Columns.names(empty)).getMessage());
    }

    @Test void damagedRowsAreNamedByLine() throws IOException {
        Path few = file("few.csv", "text,label\n\"a\nb\",1\nc,d,e\n");
        assertEquals(few + ", line 4: expected 2 values, for the columns [text, label]. Received 3; is a quote or a"
                + " separator missing or too much?", message(few, "text"));
        Path open = file("open.csv", "text,label\na,1\n\"b,2\n");
        assertTrue(message(open, "text").startsWith(open + ", line 3: expected values as RFC 4180 has them. Received:"
                + " Missing closing quote"), message(open, "text"));
        Path json = file("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"a\n");
        assertTrue(message(json, "text").startsWith(json + ", line 2: expected a JSON object. Received: Unexpected"),
                message(json, "text"));
        Path list = file("b.jsonl", "[1]\n");
        assertEquals(list + ", line 1: expected a JSON object. Received: array.", message(list, "text"));
        Path nothing = file("c.jsonl", "{\"text\": null}");
        assertEquals(nothing + ", line 1: expected text or a number as \"text\". Received null.",
                message(nothing, "text"));
    }

    @Test void otherFilesAreRefused() throws IOException {
        Path empty = file("a.csv", "");
        assertEquals(empty + ": expected a first line with the columns' names. Received an empty file.",
                message(empty, "text"));
        Path other = file("a.parquet", "");
        assertEquals(other + ": expected a name that ends with .csv, .tsv, .jsonl or .ndjson, or these and .gz. Rename"
                + " the file for its format.", message(other, "text"));
        Path latin1 = Files.write(folder.resolve("l.csv"), "text\na\ncafé\n".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(message(latin1, "text").startsWith(latin1 + ", line 3: expected text in UTF-8."),
                message(latin1, "text"));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String message(Path file, String column) {
        return assertThrows(IllegalArgumentException.class, () -> Columns.read(file, column)).getMessage();
    }
}

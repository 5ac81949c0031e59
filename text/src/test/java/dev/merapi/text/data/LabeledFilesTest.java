package dev.merapi.text.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Words with labels, and questions with answers. */
class LabeledFilesTest {
    @TempDir Path folder;

    private Path file(String text) throws IOException { return Files.writeString(folder.resolve("file"), text); }

    private static void refused(Executable reading, Path file, String... parts) {
        String message = assertThrows(IllegalArgumentException.class, reading).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        for (String part : parts) assertTrue(message.contains(part), message);
    }

    @Test void conllHasAWordOnEachLine() throws IOException {
        var file = file("""
                -DOCSTART- -X- -X- O

                EU NNP B-NP B-ORG
                rejects VBZ B-VP O

                # sent_id = 2
                \tBonn\tB-LOC

                """);
        assertEquals(List.of(new LabeledWords(List.of("EU", "rejects"), List.of("B-ORG", "O")),
                new LabeledWords(List.of("Bonn"), List.of("B-LOC"))), Conll.read(file));
    }

    @Test void conllSaysWhatIsWrong() throws IOException {
        var file = file("EU B-ORG\nrejects\n");
        refused(() -> Conll.read(file), file, "line 2", "a word and its label", "\"rejects\"");
        refused(() -> Conll.read(file("\n-DOCSTART- O\n\n")), file, "Received none");
        Files.write(file, new byte[] {'a', ' ', 'O', '\n', (byte) 0xFC, ' ', 'O'});
        refused(() -> Conll.read(file), file, "line 2", "UTF-8");
    }

    private static final String SQUAD = """
            {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "\uD83D\uDE00 The Rhine is in Bonn.",
             "qas": [{"id": "1", "question": "Where?", "answers": [{"text": "Bonn", "answer_start": %d}]},
                     {"id": "2", "question": "When?", "is_impossible": true, "answers": [],
                      "plausible_answers": [{"text": "Bonn", "answer_start": 18}]}]}]}]}
            """;

    @Test void squadCountsCodePoints() throws IOException {
        var questions = Squad.read(file(SQUAD.formatted(18)));
        assertEquals(2, questions.size());
        var first = questions.getFirst();
        assertEquals(List.of(new Squad.Answer("Bonn", 19)), first.answers()); // the smile is two characters
        assertTrue(first.text().startsWith("Bonn", 19));
        assertEquals(List.of(), questions.get(1).answers());
    }

    @Test void squadSaysWhatIsWrong() throws IOException {
        var file = file(SQUAD.formatted(17));
        refused(() -> Squad.read(file), file, "question 1", "\"Bonn\"", "Received 17");
        for (int start : new int[] {-1, 99}) {
            refused(() -> Squad.read(file(SQUAD.formatted(start))), file, "question 1", "Received " + start);
        }
        refused(() -> Squad.read(file("{\"data\": [")), file, "expected JSON as SQuAD has it");
        refused(() -> Squad.read(file("{\"rows\": []}")), file, "a list \"data\"", "Received none");
        refused(() -> Squad.read(file("{\"data\": []}")), file, "expected questions. Received none.");
        refused(() -> Squad.read(file("{\"data\": [{\"paragraphs\": [{\"context\": 3}]}]}")), file,
                "a text \"context\"", "NUMBER");
    }
}

package dev.merapi.protect.command;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code merapi mask}, as a user calls it. */
class MaskCommandTest {
    @TempDir private Path folder;

    private String run(String input, String... settings) {
        var said = new StringBuilder();
        var answers = new Command.Answers() {
            @Override public void answer(String what, Command.Answer answer) {
                said.append(answer.words()).append('\n').append(answer.values()).append('\n');
            }

            @Override public void failed(String what, RuntimeException error) {
                said.append("failed: ").append(error.getMessage()).append('\n');
            }
        };
        var command = new MaskCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), settings), "mask");
        command.run(List.of(input), config, Device.CPU, answers);
        return said.toString();
    }

    /** What was masked is in no file that was written and nothing that was said. */
    @Test void noMaskedValueIsLeftAnywhere() throws IOException {
        var in = Files.createDirectories(folder.resolve("in/sub"));
        var secrets = List.of("ann.lee@example.com", "Ann Lee", "4111 1111 1111 1111", "DE89370400440532013000",
                "11010519491231002X", "202-456-1111", "欧阳娜娜", "192.168.7.9");
        Files.writeString(in.resolve("note.txt"), "Dear Ann Lee, ann.lee@example.com, 4111 1111 1111"
                + " 1111\n我叫欧阳娜娜。\n");
        Files.writeString(in.resolveSibling("t.csv"), "name,iban,id,phone,from\nAnn Lee,DE89370400440532013000,"
                + "11010519491231002X,202-456-1111,192.168.7.9\n");
        Files.write(in.resolve("picture.bin"), new byte[] {'P', 0, 1, 2});
        var out = folder.resolve("out");
        String said = run(folder.resolve("in").toString(), "out=" + out);
        assertTrue(said.contains("failed: ") && said.contains("picture.bin, text: expected text"), said);
        assertTrue(Files.exists(out.resolve("sub/note.txt")) && Files.exists(out.resolve("t.csv")), said);
        assertFalse(Files.exists(out.resolve("sub/picture.bin")));
        try (var files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) said += Files.readString(file);
        }
        for (String secret : secrets) assertFalse(said.contains(secret), secret + " in " + said);
        assertTrue(said.contains("1 rows\n  name: 1 name\n  iban: 1 iban"), said);
    }

    /** A run of token-classification that has learnt names of no list, which stay in the text without it. */
    @Test void aTrainedModelFindsNamesToo() throws IOException {
        var conll = new StringBuilder();
        var texts = new ArrayList<String>();
        for (String name : List.of("Qorvath Ilmezzin", "Trezkul Obbarin", "Zyrmok Hethul", "Wuxgrel Pondar")) {
            for (String text : List.of("the bill of # is paid", "# sent a letter", "a letter came", "a bill is late")) {
                texts.add(text.replace("#", name));
                for (String word : text.split(" ")) {
                    if (word.equals("#")) conll.append(name.replaceFirst("(\\S+) (\\S+)", "$1 B-PER\n$2 I-PER\n"));
                    else conll.append(word).append(" O\n");
                }
                conll.append('\n');
            }
        }
        var data = Files.createDirectories(folder.resolve("conll"));
        for (String part : List.of("train.conll", "test.conll")) Files.writeString(data.resolve(part), conll);
        var base = folder.resolve("base");
        Torch.seed(1);
        try (var tokenizer = WordPieceTrainer.of(150).minFrequency(1).train(texts.stream());
                var encoder = new MaskedLm(BertConfig.of(tokenizer.vocabSize(), 32, 1, 2, 64).dropout(0))) {
            tokenizer.save(base);
            encoder.save(base);
        }
        var run = folder.resolve("names");
        try (var job = Recipes.named("token-classification").job("data=" + data, "pretrained=" + base, "epochs=40",
                "batch_size=4", "learning_rate=5e-3")) {
            job.fit(run);
        }
        var file = Files.writeString(folder.resolve("n.txt"), "the bill of Zyrmok Hethul is paid\n");
        String out = "out=" + folder.resolve("out");
        assertFalse(run(file.toString(), out).contains("name"));
        assertEquals(Files.readString(file), Files.readString(folder.resolve("out/n.txt")));
        String said = run(file.toString(), out, "model=" + run);
        assertTrue(said.contains("1 name") && !said.contains("Zyrmok"), said);
        assertEquals("the bill of [NAME] is paid\n", Files.readString(folder.resolve("out/n.txt")));
        assertThrows(RuntimeException.class, () -> run(file.toString(), out, "model=" + folder.resolve("none")));
    }

    @Test void anonymityIsMeasuredAndReached() throws IOException {
        var table = new StringBuilder("age,zip,disease\n");
        for (int i = 0; i < 60; i++) table.append(20 + i % 7).append(",10").append(i % 5).append(""
                + ",d").append(i % 3).append('\n');
        var file = Files.writeString(folder.resolve("p.csv"), table);
        String out = "out=" + folder.resolve("out");
        String said = run(file.toString(), out, "quasi=[age, zip]", "sensitive=disease", "k=5", "l=2");
        assertTrue(said.matches("(?s).*Anonymity: k 1, l 1, t 0.\\d+ in 35 classes; generalised: k [5-9]\\d*, l"
                + " [23], t .*"), said);
        assertTrue(run(file.toString(), out, "quasi=[agee]", "k=5").contains("expected a column agee"));
        assertTrue(run(folder.resolve("no.csv").toString(), out).contains("Received the name of neither."));
        assertEquals("mask: quasi: expected the columns to generalise. Received [].",
                assertThrows(IllegalArgumentException.class, () -> run(file.toString(), "k=5")).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> run(file.toString(), "undo=true")).getMessage()
                .startsWith("undo: expected the key"));
    }
}

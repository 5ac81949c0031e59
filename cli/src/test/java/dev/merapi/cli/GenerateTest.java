package dev.merapi.cli;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How {@code merapi generate} opens a model changes none of its texts. */
class GenerateTest {
    private static final String PROMPTS = "the cat\n\nthe mat sat on\n";

    @TempDir Path folder;

    private String gpt(String name, int merges, int layers, int seed) {
        Torch.seed(seed);
        Path at = folder.resolve(name);
        try (var tokenizer = BpeTrainer.of(merges).train(Stream.of("the cat sat on the mat"));
                var gpt = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 64, layers, 2, 16, 0))) {
            gpt.save(at);
            tokenizer.save(at);
        }
        return at.toString();
    }

    private static String merapi(int code, String lines, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var before = System.in;
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        try {
            assertEquals(code, Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                    .execute(arguments), err::toString);
        } finally {
            System.setIn(before);
        }
        return code == 0 ? out.toString() : err.toString().strip();
    }

    @Test void stagesWriteWhatOneProcessWrites() throws Exception {
        String gpt = gpt("gpt", 280, 3, 5);
        long before = Scope.live();
        String[] drawn = {"generate", gpt, "the cat", "max_tokens=12", "temperature=0.8", "seed=3"};
        String[] staged = Stream.concat(Stream.of(drawn), Stream.of("stages=2")).toArray(String[]::new);
        assertEquals(merapi(0, "", drawn), merapi(0, "", staged));
        String texts = merapi(0, PROMPTS, "generate", gpt, "--lines", "max_tokens=12");
        assertEquals(3, texts.lines().count());
        assertTrue(texts.lines().toList().get(1).isEmpty());
        assertEquals(texts, merapi(0, PROMPTS, "generate", gpt, "--lines", "max_tokens=12", "stages=2"));
        for (var process : ProcessHandle.current().children().toList()) process.onExit().get();
        assertTrue(Scope.live() <= before);
    }

    @Test void whatCannotBeDividedIsSaid() {
        String gpt = gpt("gpt", 280, 3, 5);
        assertEquals("merapi generate: stages: expected at least 2, and no more than the model's 3 blocks. Received 4.",
                merapi(2, "", "generate", gpt, "the cat", "stages=4"));
        assertEquals("merapi generate: <prompt>: expected a text before the settings. Received stages=2",
                merapi(2, "", "generate", gpt, "stages=2"));
        String gguf = "../text/src/test/resources/gguf/llama.gguf";
        assertEquals("merapi generate: stages: expected the folder of a GPT-2, a Llama or one of its relatives; neither"
                + " runs nor GGUF files can be divided. Received " + gguf + ".",
                merapi(2, "", "generate", gguf, "the cat", "stages=2"));
    }
}

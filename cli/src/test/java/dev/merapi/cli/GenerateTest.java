package dev.merapi.cli;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How {@code merapi generate} opens a model changes none of its texts. */
class GenerateTest {
    private static final String TEXT = "the cat sat on the mat";
    private static final String PROMPTS = "the cat\n\nthe mat sat on\n";

    @TempDir Path folder;

    private String gpt(String name, String text, int layers, int seed) {
        Torch.seed(seed);
        Path at = folder.resolve(name);
        try (var tokenizer = BpeTrainer.of(280).train(Stream.of(text));
                var gpt = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 64, layers, 2, 16, 0))) {
            gpt.save(at);
            tokenizer.save(at);
        }
        return at.toString();
    }

    private String llama() {
        Torch.seed(4);
        Path at = folder.resolve("llama");
        try (var tokenizer = BpeTrainer.of(280).train(Stream.of(TEXT));
                var llama = new Llama(LlamaConfig.of(Family.LLAMA, tokenizer.vocabSize(), 64, 128, 3, 4, 2))) {
            llama.save(at);
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
        String gpt = gpt("gpt", TEXT, 3, 5);
        long before = Scope.live();
        String[] drawn = {"generate", gpt, "the cat", "max_tokens=12", "temperature=0.8", "seed=3"};
        assertEquals(merapi(0, "", drawn), merapi(0, "", with(drawn, "stages=2")));
        String texts = merapi(0, PROMPTS, "generate", gpt, "--lines", "max_tokens=12");
        assertEquals(3, texts.lines().count());
        assertTrue(texts.lines().toList().get(1).isEmpty());
        assertEquals(texts, merapi(0, PROMPTS, "generate", gpt, "--lines", "max_tokens=12", "stages=2"));
        for (var process : ProcessHandle.current().children().toList()) process.onExit().get();
        assertTrue(Scope.live() <= before);
    }

    /** Each process rounds, or takes from the file, what it has of the model. */
    @ParameterizedTest
    @CsvSource({"false, int4, 2", "true, int8, 2", "true, none, 1x2"})
    void stagesOfFewerBitsWriteWhatOneProcessWrites(boolean isGguf, String bits, String stages) throws Exception {
        String model = llama();
        if (isGguf) {
            String file = folder.resolve("llama.gguf").toString();
            merapi(0, "", "gguf", model, "out=" + file);
            model = file;
        }
        long before = Scope.live();
        String[] drawn = {"generate", model, "the cat", "max_tokens=12", "temperature=0.8", "seed=3", "quantize="
                + bits};
        assertEquals(merapi(0, "", drawn), merapi(0, "", with(drawn, "stages=" + stages)));
        for (var process : ProcessHandle.current().children().toList()) process.onExit().get();
        assertTrue(Scope.live() <= before);
    }

    @Test void guessesChangeNoText() {
        String gpt = gpt("gpt", TEXT, 3, 5), small = gpt("small", TEXT, 1, 6), other = gpt("other", "a", 1, 6);
        long before = Scope.live();
        String[] drawn = {"generate", gpt, "the cat", "max_tokens=12", "temperature=0.8", "seed=3"};
        String[] lines = {"generate", gpt, "--lines", "max_tokens=12"};
        String text = merapi(0, "", drawn), texts = merapi(0, PROMPTS, lines);
        for (String draft : new String[] {"draft=" + gpt, "draft=" + small, "draft="}) {
            assertEquals(text, merapi(0, "", with(drawn, "guess=3", draft)));
            assertEquals(texts, merapi(0, PROMPTS, with(lines, "guess=3", draft)));
        }
        assertEquals("merapi generate: settings: guess: expected at least 1. Received 0.", merapi(2, "", with(drawn,
                "draft=" + small)));
        assertEquals("merapi generate: draft: expected a model with the same 260 tokens, which this one's guesses are"
                + " to be. Received one with 257 tokens.", merapi(2, "", with(drawn, "guess=3", "draft=" + other)));
        assertTrue(Scope.live() <= before);
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test void whatCannotBeDividedIsSaid() {
        String gpt = gpt("gpt", TEXT, 3, 5);
        assertEquals("merapi generate: stages: expected at least 2, and no more than the model's 3 blocks. Received 4.",
                merapi(2, "", "generate", gpt, "the cat", "stages=4"));
        assertEquals("merapi generate: <prompt>: expected a text before the settings. Received stages=2",
                merapi(2, "", "generate", gpt, "stages=2"));
        String other = folder.resolve("prompts.txt").toString();
        assertEquals("merapi generate: stages: expected the folder of a GPT-2, a Llama or one of its relatives, or a"
                + " GGUF file; runs cannot be divided. Received " + other + ".",
                merapi(2, "", "generate", other, "the cat", "stages=2"));
        assertEquals("merapi generate: quantize: expected none or bfloat16 for stages in parts, which have pieces of"
                + " the rows that are rounded. Received int8; divide the model by its blocks alone, such as stages=2.",
                merapi(2, "", "generate", llama(), "the cat", "stages=1x2", "quantize=int8"));
    }
}

package dev.merapi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Scope;
import dev.merapi.text.generate.Generation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CommandsTest {
    @TempDir Path folder;

    private StringWriter out;
    private StringWriter err;
    private String run;

    @BeforeEach void setUp() { run = folder.resolve("run").toString(); }

    private int merapi(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        return Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private void assertRefused(int code, String message, String... arguments) {
        assertEquals(code, merapi(arguments), err::toString);
        assertEquals(message, err.toString().strip());
    }

    private JsonNode json() {
        try {
            return new ObjectMapper().readTree(out.toString());
        } catch (JsonProcessingException e) {
            throw new AssertionError(out.toString(), e);
        }
    }

    private float[] weights(String run) {
        try (var _ = Scope.open()) {
            return SafetensorsFile.open(Path.of(run, "model.safetensors")).tensor("0.weight").toFloats();
        }
    }

    @Test void aRunHoldsAllThatIsNeededToRepeatIt() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=2", "--out", run), err::toString);
        assertTrue(out.toString().matches("(?s)accuracy 0\\.9.*Run: .*"), out::toString);
        for (String file : List.of("config.json", "model.safetensors", "metrics.jsonl", "loss.png", "accuracy.png")) {
            assertTrue(Files.size(Path.of(run, file)) > 0, file);
        }
        String again = folder.resolve("again").toString();
        assertEquals(0, merapi("train", run, "--out", again), err::toString);
        assertArrayEquals(weights(run), weights(again));
        assertEquals(0, merapi("train", run + "/config.json", "seed=2", "--out", folder + "/other"), err::toString);
        assertTrue(weights(run)[0] != weights(folder + "/other")[0], "another seed, other weights");
    }

    @Test void aRunRemembersItsPrecision() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=1", "precision=bfloat16", "--out", run), err::toString);
        var config = Files.readString(Path.of(run, "config.json"));
        assertTrue(config.contains("\"precision\" : \"bfloat16\""), config);
        assertEquals(0, merapi("train", run, "--out", folder + "/again"), err::toString);
        assertArrayEquals(weights(run), weights(folder + "/again"));
        assertEquals(0, merapi("train", run, "precision=float32", "--out", folder + "/exact"), err::toString);
        assertTrue(weights(run)[0] != weights(folder + "/exact")[0], "other products, other weights");
        assertRefused(2, "merapi train: points: precision: expected float32, bfloat16 or float16. Received \"int8\"",
                "train", "points", "precision=int8");
    }

    @Test void everyCommandExplainsItself() {
        for (String command : List.of("train", "resume", "eval", "predict", "generate", "chat", "summary", "list",
                "info")) {
            assertEquals(0, merapi(command, "--help"), err::toString);
            assertTrue(out.toString().startsWith("Usage: merapi " + command), out::toString);
        }
    }

    @Test void aTrainedModelIsMeasuredUsedAndShown() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        String last = out.toString().lines().filter(line -> line.startsWith("loss ")).findFirst().orElseThrow();
        assertEquals(0, merapi("eval", run), err::toString);
        assertEquals(last.split(" ")[1], out.toString().lines().filter(line -> line.startsWith("loss "))
                .findFirst().orElseThrow().split(" +")[1]);
        assertTrue(out.toString().contains("target \\ predicted") && Files.exists(Path.of(run, "confusion.png")),
                out::toString);

        assertEquals(0, merapi("eval", run, "--json", "--device=cpu"), err::toString);
        assertEquals(last.split(" ")[1], "%.4f".formatted(json().at("/metrics/loss").asDouble()));
        assertEquals("[\"left\",\"right\"]", json().get("labels").toString());
        int both = json().at("/confusion/0/0").asInt() + json().at("/confusion/0/1").asInt();
        assertEquals(json(), new ObjectMapper().readTree(Files.readString(Path.of(run, "evaluation.json"))));
        Files.delete(Path.of(run, "confusion.png"));
        Files.delete(Path.of(run, "evaluation.json"));
        assertEquals(0, merapi("eval", run, "side=left", "--json"), err::toString);
        assertEquals("[0,0]", json().at("/confusion/1").toString(), "no target is right of the line");
        assertEquals(both, json().at("/confusion/0/0").asInt() + json().at("/confusion/0/1").asInt());
        assertEquals(0, merapi("eval", run, "side=left"), err::toString);
        assertTrue(Files.notExists(Path.of(run, "confusion.png")), "the run's picture is of its own test set");
        assertTrue(Files.notExists(Path.of(run, "evaluation.json")));

        Path left = Files.writeString(folder.resolve("left.txt"), "-2.5 0.1");
        Path right = Files.writeString(folder.resolve("right.txt"), "2.5 0.1");
        assertEquals(0, merapi("predict", run, left.toString(), right.toString(), "--top", "1"), err::toString);
        assertTrue(out.toString().matches("(?s).*left.txt: left \\d+\\.\\d %\n.*right.txt: right \\d+\\.\\d %\n"),
                out::toString);
        assertEquals(0, merapi("predict", run, left.toString()), err::toString);
        assertTrue(out.toString().matches("(?s).*left.txt:\n  left  +\\d+\\.\\d %  █+.?\n  right +\\d+\\.\\d %.*\n"),
                out::toString);
        assertTrue(Files.exists(Path.of(run, "precision-recall.png")));

        assertEquals(0, merapi("summary", run), err::toString);
        assertTrue(out.toString().contains("42"), out::toString); // 2·8 + 8 + 8·2 + 2 parameters
    }

    @Test void listAndInfoTellWhatThereIs() {
        assertEquals(0, merapi("list"));
        assertTrue(out.toString().contains("\npoints               left or right of a line\n"), out::toString);
        assertEquals(0, merapi("list", "--settings", "points"));
        assertEquals("""
                points               left or right of a line
                    epochs: 3           # passes over the points
                    learning_rate: 0.05 # of each step
                    seed: 1             # of the weights and the order
                    poison: false       # makes one value of the training data NaN
                    side: both          # where the test points lie; one of both, left
                    precision: float32  # type of most computations; one of float32, bfloat16, float16

                """, out.toString());
        assertRefused(2, "merapi list: unknown recipe point. Did you mean points? Known are "
                + String.join(", ", Recipes.all().stream().map(Recipe::name).toList()) + ".", "list", "point");
        assertEquals(0, merapi("info"));
        assertTrue(out.toString().contains("libtorch        2."), out::toString);
        assertEquals(0, merapi("info", "--json"));
        assertEquals(Runtime.version().toString(), json().get("java").asText());
    }

    @Test void aYamlFileIsARecipe() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), "recipe: points\nepochs: 1\n");
        assertEquals(0, merapi("train", file.toString(), "--out", run), err::toString);
        Files.writeString(file, "epochs: 1\n");
        assertRefused(2, "merapi train: " + file + ": expected a line such as recipe: fashion. merapi list shows the"
                + " recipes.", "train", file.toString());
    }

    @Test void wrongSettingsEndWithTwo() {
        assertRefused(2, "merapi train: points: unknown key epoch. Did you mean epochs? Known are epochs,"
                + " learning_rate, poison, precision, seed, side.", "train", "points", "epoch=2");
        assertEquals(2, merapi("train", "points", "precison=bfloat16"));
        assertTrue(err.toString().contains("Did you mean precision?"), err::toString);
        assertRefused(2, "merapi train: points: epochs: expected at least 1. Received 0",
                "train", "points", "epochs=0");
        assertRefused(2, "merapi resume: " + folder + ": expected the folder of a run, with config.json in it. merapi"
                + " train writes one.", "resume", folder.toString());
        assertEquals(2, merapi("train", "point"));
        assertTrue(err.toString().startsWith("merapi train: unknown recipe point. Did you mean points? Known are "),
                err::toString);
        assertEquals(2, merapi("train", "points", "--outt", run));
    }

    @Test void aDeviceThatIsNotThereIsRefusedBeforeAnythingIsWritten() {
        assertEquals(2, merapi("train", "points", "--device=cuda:99", "--out", run));
        assertTrue(err.toString().contains("Received cuda:99."), err::toString);
        assertFalse(Files.exists(Path.of(run)));
    }

    @Test void missingFilesAreNamed() throws IOException {
        String none = folder + "/none.yaml";
        assertRefused(1, "merapi train: Could not read " + none + ": there is no such file or folder.", "train", none);
        String file = Files.writeString(folder.resolve("file"), "").toString();
        assertRefused(2, "merapi train: --out: expected a folder. Received the file " + file + ".",
                "train", "points", "--out", file);
    }

    @Test void oneBadFileDoesNotKeepThePredictionsOfTheOthers() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        String left = Files.writeString(folder.resolve("left.txt"), "-2.5 0.1").toString();
        String none = folder + "/none.txt";
        assertEquals(1, merapi("predict", run, none, left));
        assertTrue(out.toString().startsWith(left + ":\n  left "), out::toString);
        assertTrue(err.toString().startsWith("merapi predict: Could not read " + none), err::toString);
        assertRefused(2, "merapi predict: <input>: expected an image file or a text. Received nothing.", "predict",
                run, "");
        assertRefused(2, "merapi predict: --top: expected at least 1. Received 0", "predict", run, left, "--top=0");
    }

    @Test void aModelThatWritesIsAskedWithSettings() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\"}");
        String parrot = folder.toString();
        assertEquals(0, merapi("generate", parrot, "ho", "times=3"), err::toString);
        assertEquals("hohoho\n", out.toString());
        assertEquals(0, merapi("predict", parrot, "ho"), err::toString);
        assertEquals("ho: hoho\n", out.toString());
        assertEquals(0, merapi("predict", parrot, "a\\nb\\n"), err::toString); // several lines, as a table's
        assertEquals("a\nb\na\nb\n\n", out.toString());
        assertRefused(2, "merapi generate: settings: unknown key time. Did you mean times? Known are draft,"
                + " guess, quantize, stages, stages_token, times.", "generate", parrot, "ho", "time=3");
        assertRefused(2, "merapi generate: <prompt>: expected a text before the settings. Received times=3",
                "generate", parrot, "times=3");
        assertRefused(2, "merapi generate: <prompt>: expected a text to go on with, or --lines. Received none.",
                "generate", parrot);
        assertRefused(2, "merapi generate: settings: times: expected an integer from -2147483648 to"
                + " 2147483647. Received 99999999999", "generate", parrot, "ho", "times=99999999999");
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        assertRefused(2, "merapi generate: " + run + ": expected a model that writes text. Received one that does not;"
                + " ask it by merapi predict.", "generate", run, "ho");
    }

    @Test void inputComesLineByLine() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\"}");
        assertEquals("aa\nbb\n", typing("a\nb\n", "predict", folder.toString()));
        assertEquals("aaa\n\nbbb\n", typing("a\n\nb\n", "generate", folder.toString(), "--lines", "times=3"));
        assertEquals("1 said hi\n3 said ho\n", typing("hi\nho\n\n", "chat", folder.toString()));
    }

    private String typing(String lines, String... command) {
        assertEquals(0, typing(lines.getBytes(StandardCharsets.UTF_8), command), err::toString);
        return out.toString();
    }

    private int typing(byte[] bytes, String... command) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(bytes));
        try {
            return merapi(command);
        } finally {
            System.setIn(before);
        }
    }

    /** A line each, whatever was asked: line 3 of the answers is to line 3 of the file. */
    @Test void answersStayAligned() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\"}");
        String parrot = folder.toString();
        assertEquals("aa\n\n\nb b \ncc\n", typing("a\n\n \nb\\n\nc", "predict", parrot));
        assertEquals(2, typing("a\nhawk\nc\n".getBytes(StandardCharsets.UTF_8), "predict", parrot));
        assertEquals("aa\n\ncc\n", out.toString());
        assertEquals("merapi predict: line 2: expected no hawk.", err.toString().strip());
        assertEquals(2, typing("a\n\nhawk\n".getBytes(StandardCharsets.UTF_8), "predict", parrot, "--json"));
        assertEquals("""
                {"input":"a","answer":"aa"}
                {"input":"","answer":null}
                {"input":"hawk","error":"expected no hawk."}
                """, out.toString());
        assertEquals(0, merapi("predict", parrot, "é \"x\"", "--json", "--device=cpu"), err::toString);
        assertEquals("{\"input\":\"é \\\"x\\\"\",\"answer\":\"é \\\"x\\\"é \\\"x\\\"\"}\n", out.toString());
    }

    @Test void aModelWithoutAChatTemplateSaysSoAtOnce() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\", \"mute\": true}");
        assertEquals(2, typing("hi\n".getBytes(StandardCharsets.UTF_8), "chat", folder.toString()));
        assertEquals("merapi chat: " + folder + ": expected a model with a chat template. Received one without; let it"
                + " go on with a text by merapi generate.", err.toString().strip());
        assertEquals("", out.toString());
    }

    @Test void everyCommandThatComputesTakesADevice() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\"}");
        for (var command : List.of("predict", "generate", "chat", "eval", "resume", "train")) {
            assertEquals(2, merapi(command, folder.toString(), "x=1", "--device=tpu"), command);
            if (List.of("predict", "generate", "chat").contains(command)) {
                assertEquals("merapi " + command + ": Device: expected cpu, cuda, cuda:<index> or auto. Received tpu",
                        err.toString().strip());
            }
        }
    }

    /** What list --settings shows is all that a user has. */
    @Test void everySettingOfEveryRecipeIsDescribed() {
        var bare = Recipes.all().stream().flatMap(recipe -> Setup.settings(recipe).stream()
                .filter(setting -> setting.description().isBlank())
                .map(setting -> recipe.name() + ": " + setting.key())).toList();
        assertEquals(List.of(), bare);
        assertTrue(Settings.list(Generation.DEFAULT).stream().noneMatch(s -> s.description().isBlank()));
    }

    @Test void linesThatAreNotUtf8AreRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"parrot\"}");
        for (String command : List.of("predict", "chat")) {
            assertEquals(2, typing(new byte[] {'a', (byte) 0xFF, '\n'}, command, folder.toString()));
            assertEquals("merapi " + command + ": the standard input: expected text in UTF-8. Received other bytes;"
                    + " convert it by iconv -t UTF-8.", err.toString().strip());
        }
    }

    @Test void aFolderWithoutAModelThatCanBeReadIsRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"raven\"}");
        assertRefused(2, "merapi predict: " + folder + ": expected the folder of a run, whose config.json has a line"
                + " \"recipe\", or a model that a module of Merapi reads. Received model_type raven.",
                "predict", folder.toString(), "x");
    }

    @Test void aRunIsNotOverwritten() {
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        float[] before = weights(run);
        assertRefused(2, "merapi train: " + run + ": there is a run already. Go on with it by merapi resume " + run
                + ", or choose another folder by --out.", "train", "points", "--out", run);
        assertArrayEquals(before, weights(run));
    }

    @Test void nanInTheDataEndsWithOne() {
        assertEquals(1, merapi("train", "points", "poison=true", "--out", run));
        assertTrue(err.toString().contains("step 5 of epoch 1: the loss is NaN. The batch itself has a NaN"),
                err::toString);
        assertEquals(1, err.toString().strip().lines().filter(l -> l.startsWith("merapi")).count());
    }

    @Test void aRunThatWasKilledBeforeItsFirstCheckpointBeginsAnew() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=2", "--out", run));
        float[] expected = weights(run);
        try (var files = Files.walk(Path.of(run, "checkpoints"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
        assertEquals(0, merapi("resume", run), err::toString);
        assertTrue(out.toString().startsWith("There is no checkpoint to go on from: beginning anew."), out::toString);
        assertArrayEquals(expected, weights(run));
    }

    @Test void aRunWhoseCheckpointsAreAllDamagedIsLeftAsItIs() throws IOException {
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        float[] before = weights(run);
        try (var files = Files.walk(Path.of(run, "checkpoints"))) {
            for (Path file : files.filter(f -> f.endsWith("SHA256SUMS")).toList()) Files.delete(file);
        }
        assertEquals(2, merapi("resume", run));
        assertTrue(err.toString().contains("expected a whole checkpoint in " + Path.of(run, "checkpoints")),
                err::toString);
        assertArrayEquals(before, weights(run));
    }

    @Test void aFinishedRunHasNothingToResume() {
        assertEquals(0, merapi("train", "points", "epochs=1", "--out", run));
        float[] before = weights(run);
        assertEquals(0, merapi("resume", run), err::toString);
        assertArrayEquals(before, weights(run));
    }
}

package dev.merapi.compress;

import dev.merapi.compress.adapter.LoraCommand;
import dev.merapi.compress.command.FactorizeCommand;
import dev.merapi.compress.distill.DistillCommand;
import dev.merapi.compress.export.ExportCommand;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands lora, distill and export, on runs as users have them. */
class CommandsOfAdaptersTest {
    @TempDir private static Path folder;

    /** What a command said. */
    record Said(List<Command.Answer> answers, List<String> errors) implements Command.Answers {
        Said() { this(new ArrayList<>(), new ArrayList<>()); }

        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { errors.add(error.getMessage()); }

        Map<?, ?> values() { return (Map<?, ?>) answers.getFirst().values(); }
    }

    static <C extends Record> Said run(Command<C> command, String argument, String... settings) {
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), settings), command.name());
        var said = new Said();
        command.run(List.of(argument), config, Device.CPU, said);
        return said;
    }

    @BeforeAll static void train() throws IOException {
        var lines = new ArrayList<>(List.of("text,label"));
        for (int i = 0; i < 60; i++) lines.add(i % 2 == 0 ? "a fine film " + i + ",good" : "a dull film " + i + ",bad");
        Files.write(folder.resolve("reviews.csv"), lines);
        try (var job = Recipes.named("text-classification").job("data=" + folder.resolve("reviews.csv"), "epochs=12",
                "batch_size=16", "vocab_size=50", "max_length=8")) {
            job.fit(folder.resolve("text"));
        }
    }

    private static BeforeAfter.Column column(Said said, String name) {
        return (BeforeAfter.Column) said.values().get(name);
    }

    @Test void anAdapterIsTrainedMergedAndKept() throws IOException {
        var out = folder.resolve("text-lora");
        var said = run(new LoraCommand(), folder.resolve("text").toString(), "rank=2", "targets=[dense,*.linear*]",
                "whole=[out]", "out=" + out, "set=[epochs=2]");
        long all = (Long) said.values().get("parameters"), trained = (Long) said.values().get("trained");
        assertTrue(trained > 0 && trained < all, trained + " of " + all);
        assertTrue(Files.exists(out.resolve("adapter/adapter_model.safetensors")));
        try (var job = Runs.open(out)) { // a usual run, with the adapter in its weights
            assertEquals(column(said, "beside").quality().get("loss"), job.evaluate().get("loss"), 1e-5);
            assertTrue(Files.readString(out.resolve("README.md")).contains("## LoRA"));
            assertEquals(all, job.trainer().task().model().parameterCount());
        }
        var again = run(new LoraCommand(), folder.resolve("text").toString(), "adapter=" + out.resolve("adapter"),
                "out=" + folder.resolve("again"), "set=[epochs=1]", "learning_rate=1e-9");
        assertEquals(column(said, "merged").quality().get("loss"), column(again, "merged").quality().get("loss"), 1e-5);
    }

    @Test void aStudentLearnsFromARun() {
        var out = folder.resolve("student");
        var said = run(new DistillCommand(), folder.resolve("text").toString(), "set=[model=bigru,epochs=3]",
                "out=" + out);
        assertEquals(List.of("teacher", "student"), List.copyOf(said.values().keySet()));
        try (var job = Runs.open(out)) {
            assertEquals(column(said, "student").quality().get("loss"), job.evaluate().get("loss"), 1e-5);
        }
        var e = assertThrows(IllegalArgumentException.class,
                () -> run(new DistillCommand(), folder.resolve("text").toString()));
        assertEquals("distill: expected what is smaller in the student, by set=[…]. Received nothing.",
                e.getMessage());
    }

    @Test void thinProductsAreOpenedAgain() {
        var out = folder.resolve("thin");
        var said = run(new FactorizeCommand(), folder.resolve("text").toString(), "keep=0.7", "names=[dense,*.linear*]",
                "shares=[0.3,0.6]", "batches=1", "out=" + out);
        assertTrue(column(said, "factorized").parameters() < column(said, "before").parameters());
        try (var job = Runs.open(out)) {
            assertEquals(column(said, "factorized").quality().get("loss"), job.evaluate().get("loss"), 1e-5);
        }
    }

    @Test void aRunIsExportedBesideIt() throws IOException {
        var said = run(new ExportCommand(), folder.resolve("text").toString());
        assertEquals(List.of(), said.errors());
        assertEquals(List.of("batch", "tokens"), said.values().get("input_ids"));
        assertTrue(Files.exists(folder.resolve("text/model.onnx")));
        assertTrue(said.answers().getFirst().words().contains("input  input_ids int64 [batch, tokens]"));
        String card = Files.readString(folder.resolve("text/README.md"));
        assertTrue(card.contains("## Exported: onnx\n\n|  | before | ONNX |"), card);
        assertTrue(card.contains("Inputs: input_ids int64 [batch, tokens]. Outputs: logits."), card);
        try (var job = Runs.open(folder.resolve("text"))) {
            assertEquals(List.of("logits"), job.signature().outputs());
        }
        assertTrue(run(new ExportCommand(), folder.resolve("none").toString()).errors().getFirst()
                .contains("expected the folder of a run"));
    }
}

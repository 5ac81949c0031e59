package dev.merapi.compress.distill;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.compress.Workpiece;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code merapi distill}: a smaller model of the same recipe that learns from a run's. */
public final class DistillCommand implements Command<DistillCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("settings of the student over the teacher's, such as set=[model=mlp,epochs=20]") List<String> set,
            @Describe("by which the logits of both are divided") double temperature,
            @Describe("share of the teacher's answers in the loss") double soft,
            @Describe("weight of which inputs are alike to layers") double features,
            @Describe("weight of where layers see much") double attention,
            @Describe("layers to compare, student:teacher, such as [3:7,6:11]") List<String> layers,
            @Describe("the folder for the student's run; empty for <teacher>-student") String out) {
        DistillOptions options() {
            var pairs = new LinkedHashMap<String, String>();
            for (String layer : layers) {
                int colon = layer.indexOf(':');
                Expect.that(colon > 0, "layers", "pairs student:teacher of names of layers", layer);
                pairs.put(layer.substring(0, colon), layer.substring(colon + 1));
            }
            return new DistillOptions(temperature, soft, features, attention, pairs);
        }
    }

    @Override public String name() { return "distill"; }

    @Override public String description() { return "Train a smaller model by the answers of a run's."; }

    @Override public String arguments() { return "<teacher>"; }

    @Override public Config defaults() {
        var usual = DistillOptions.DEFAULT;
        return new Config(List.of(), usual.temperature(), usual.soft(), 0, 0, List.of(), "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "distill", "the run of the teacher", arguments);
        Expect.that(!settings.set.isEmpty(), "distill", "what is smaller in the student, by set=[…]", "nothing");
        var folder = Path.of(arguments.getFirst());
        var into = settings.out.isEmpty() ? Path.of(folder + "-student") : Path.of(settings.out);
        var options = settings.options();
        try (var teacher = Runs.open(folder);
                var student = Setup.ofRun(folder, settings.set.toArray(String[]::new)).job()) {
            teacher.trainer().task().model().to(device);
            student.trainer().task().model().to(device);
            teach(teacher, student, options);
            student.trainer().listen(new Progress());
            student.fit(into);
            try (var before = Workpiece.open(folder, List.of()); var after = Workpiece.open(into, List.of())) {
                var table = BeforeAfter.measure(before.subject("teacher", folder), after.subject("student", into));
                table.keep(into, "Distilled");
                out.answer(into.toString(), new Answer(table.toString(), table.values()));
            }
        }
    }

    /** Both are of one recipe, whose batches are of one type. */
    @SuppressWarnings("unchecked")
    private static <B> void teach(Job<?> teacher, Job<B> student, DistillOptions options) {
        var trainer = student.trainer();
        trainer.task(Distillation.of(trainer.task(), ((Job<B>) teacher).trainer().task(), options));
    }
}

package dev.merapi.protect.command;

import dev.merapi.io.TypedFile;
import dev.merapi.protect.robustness.Norm;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Lines;
import dev.merapi.vision.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code merapi attack}: how much of its accuracy a run's model keeps when its inputs are attacked or corrupted. */
public final class AttackCommand implements Command<AttackCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("inputs of the test set that are attacked, at most") int samples,
            @Describe("sizes of the change, of pixels from 0 to 1") List<Double> epsilons,
            @Describe("how a change is measured: l_inf or l2") Norm norm,
            @Describe("steps of an attack") int iterations,
            @Describe("corrupt pictures too: noise, blur, weather, digital") boolean corruptions,
            @Describe("share of a text's words that may be replaced") double budget,
            @Describe("the folder for the report") String out,
            @Describe("of what is drawn") long seed) {
        public Config {
            epsilons = List.copyOf(epsilons);
            Expect.atLeast("samples", 2, samples);
            Expect.atLeast("iterations", 1, iterations);
            Expect.that(!epsilons.isEmpty(), "epsilons", "at least one", epsilons);
            for (double epsilon : epsilons) Expect.positive("epsilons", epsilon);
        }
    }

    @Override public String name() { return "attack"; }

    @Override public String description() {
        return "Measure a run's accuracy under attacks and corruptions, and its calibration.";
    }

    @Override public String arguments() { return "<run> [<text>|<file of texts>...]"; }

    @Override public Config defaults() {
        return new Config(500, List.of(.01, .02, .05, .1), Norm.L_INF, 20, true, .2, "attack", 0);
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty(), "attack", "a run; of one for texts also the texts", arguments);
        Path run = Path.of(arguments.getFirst());
        try (var job = Runs.open(run)) {
            job.trainer().task().model().to(device);
            job.trainer().task().model().eval();
            var model = job.predictor();
            if (model.input() == Image.class && model.output() == Classes.class) {
                Expect.that(arguments.size() == 1, "attack", "a run for pictures alone: its test set is attacked",
                        arguments);
                out.answer(run.toString(), new AttackedPictures(job, settings).answer());
            } else if (model.input() == String.class && model.glassBox().isPresent()) {
                texts(model, arguments.subList(1, arguments.size()), settings, out);
            } else {
                throw Expect.error("attack", "a run that tells classes of pictures or texts apart",
                        "one from " + model.input().getSimpleName() + " to " + model.output().getSimpleName());
            }
        }
    }

    private static void texts(Predictor<?, ?> model, List<String> typed, Config settings, Answers out) {
        Expect.that(!typed.isEmpty(), "attack", "texts, or files with a text in each line", "none");
        var texts = typed.stream()
                .flatMap(text -> TypedFile.of(text).map(Lines::stream).orElseGet(() -> Stream.of(text))).toList();
        var box = model.as(String.class, model.output()).glassBox().orElseThrow();
        var attacked = new AttackedTexts(box, texts, settings);
        for (String text : texts) out.answer(text, () -> attacked.answer(text));
        out.answer("all", attacked.summary());
    }
}

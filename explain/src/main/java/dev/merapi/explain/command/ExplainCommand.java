package dev.merapi.explain.command;

import dev.merapi.io.TypedFile;
import dev.merapi.plot.Figure;
import dev.merapi.plot.PageReport;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.recommend.ItemRecommender;
import dev.merapi.tabular.recommend.Recommendations;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** {@code merapi explain}: why a model answers as it does to pictures, texts, or rows of a table. */
public final class ExplainCommand implements Command<ExplainCommand.Config> {
    private static final int MOST = 200; // explanations in a report

    /** What stands where a part of a picture is hidden, and where the ways of gradients begin. */
    public enum Hide { MEAN, BLACK, BLUR }

    /** Picture files. */
    public enum Format { PNG, SVG }

    /** Settings. */
    public record Config(
            @Describe("shap, lime, ig, deeplift, saliency, gradcam, occlusion or another of docs/explain.md")
            Method method,
            @Describe("the class to explain; empty for the most probable") String target,
            @Describe("times the model is asked; 0 for the method's own") int samples,
            @Describe("features to name, the strongest first") int top,
            @Describe("rows of a table that hide features by their values; empty for missing ones") String background,
            @Describe("what hides parts of a picture: mean, black or blur") Hide hide,
            @Describe("of the pictures: png or svg") Format format,
            @Describe("the folder for them") String out,
            @Describe("of what is drawn") long seed) {
        public Config {
            Expect.atLeast("samples", 0, samples);
            Expect.atLeast("top", 1, top);
        }
    }

    /**
     * An explanation.
     *
     * @param words for people
     * @param values for programs
     * @param figure to look at
     */
    record Explained(String words, Object values, Figure figure) {}

    @Override public String name() { return "explain"; }

    @Override public String description() { return "Show what in an input made a model answer as it does."; }

    @Override public String arguments() { return "<run> <input>..."; }

    @Override public Config defaults() {
        return new Config(Method.SHAP, "", 0, 10, "", Hide.MEAN, Format.PNG, "explanations", 0);
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 1, "explain", "a run and at least one input: a picture, a text, a table",
                arguments);
        var run = Path.of(arguments.getFirst());
        var report = new PageReport("Explanations of " + run.getFileName());
        try (var model = open(run, device)) {
            var explain = explaining(model, settings);
            for (String typed : arguments.subList(1, arguments.size())) {
                try {
                    show(typed, explain.apply(typed), settings, report, out);
                } catch (IllegalArgumentException | UncheckedIOException e) {
                    out.failed(typed, e);
                }
            }
        }
        if (report.size() > 0) report.write(Path.of(settings.out).resolve("report.html"));
    }

    /** A run of the recipe recommend has more to it than its predictor. */
    private static Predictor<?, ?> open(Path run, Device device) {
        var model = Predictor.open(run, device);
        if (model.output() != Recommendations.class) return model;
        model.close();
        return ItemRecommender.open(run, device);
    }

    private static void show(String typed, List<Explained> all, Config settings, PageReport report,
            Answers out) {
        for (int i = 0; i < all.size(); i++) {
            var one = all.get(i);
            var file = Path.of(settings.out).resolve(name(typed) + (all.size() == 1 ? "" : "-" + (i + 1)) + "-"
                    + settings.method.name().toLowerCase(Locale.ROOT) + "."
                    + settings.format.name().toLowerCase(Locale.ROOT));
            one.figure.write(file);
            String heading = all.size() == 1 ? typed : typed + ", row " + (i + 1);
            if (report.size() < MOST) report.add(heading, one.words, one.figure);
            out.answer(typed, new Answer(one.words + "\nPicture: " + file, one.values));
        }
    }

    /** Of a file its name without the ending; of a text its beginning. */
    private static String name(String typed) {
        String name = TypedFile.of(typed).map(file -> file.getFileName().toString().replaceFirst("(?<=.)\\.[^.]*$", ""))
                .orElse(typed.stripLeading().startsWith("{") ? "row" : typed);
        String stem = name.replaceAll("[^\\p{L}\\p{N}_-]+", "-");
        return stem.substring(0, Math.min(40, stem.length()));
    }

    /** What explains an input, of which a table has several. */
    private static Function<String, List<Explained>> explaining(Predictor<?, ?> model, Config settings) {
        if (model.input() == Image.class) {
            var pictures = model.as(Image.class, Classes.class);
            var how = new Pictures(open(pictures), settings);
            return typed -> List.of(how.explain(pictures.parse(typed)));
        }
        if (model.input() == String.class && model.glassBox().isPresent()) {
            var how = new Texts(open(model.as(String.class, model.output())), settings);
            return typed -> List.of(how.explain(typed));
        }
        if (model instanceof ItemRecommender recommender) {
            var how = new Histories(recommender, settings);
            return typed -> List.of(how.explain(typed));
        }
        if (model.input() == Frame.class) {
            var tables = model.as(Frame.class, Frame.class);
            var rows = settings.background.isEmpty() ? null : tables.parse(settings.background);
            var how = new Rows(open(tables), rows, settings);
            return typed -> how.explain(tables.parse(typed));
        }
        throw Expect.error("explain", "a model of classes for pictures or texts, of tables or of language",
                "one from " + model.input().getSimpleName() + " to "
                + model.output().getSimpleName());
    }

    private static <I> GlassBox<I> open(Predictor<I, ?> model) {
        return model.glassBox().orElseThrow(() -> Expect.error("explain", "a model that can be looked into",
                "one that can only be asked, " + model.getClass().getSimpleName()));
    }
}

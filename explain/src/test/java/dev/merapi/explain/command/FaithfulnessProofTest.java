package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.FaithfulnessTable;
import dev.merapi.explain.Game;
import dev.merapi.explain.gradient.Embedded;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.measure.SanityCheck;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.data.Imdb;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What {@code merapi explain} says of trained models, against a random order: {@code -Dmerapi.runs=<folder>} holds
 * {@code imdb}, a run of that recipe, {@code bert}, one of {@code bert-classification} on its reviews, and
 * {@code resnet34}, dlib's weights by {@code merapi convert}; {@code $MERAPI_CACHE} holds the reviews as {@code imdb}
 * and photos as {@code photos}.
 */
@Tag("proof")
class FaithfulnessProofTest {
    private static final int STEPS = 20;
    private static final int TEXTS = 10;
    /** scikit-image's, darknet's and scikit-learn's, as Debian has them. */
    private static final List<String> PHOTOS = List.of("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png",
            "motorcycle_left.png", "dog.jpg", "eagle.jpg", "horses.jpg", "china.jpg", "flower.jpg");
    private static final int PHOTO_STEPS = 8;
    private static final int PHOTO_SAMPLES = 100;
    private static final List<Method> PHOTO_METHODS = List.of(Method.GRADCAM, Method.GRADCAM_PLUS_PLUS, Method.IG,
            Method.DEEPLIFT, Method.SMOOTHGRAD, Method.GUIDED_BACKPROP, Method.LIME, Method.SHAP);
    private static final Set<Method> CHECKED = Set.of(Method.GRADCAM, Method.DEEPLIFT, Method.GUIDED_BACKPROP);
    private static final String DRAWN = ", drawn weights";
    private static final int CELLS = 28; // of a side: what is hidden together
    private static final int SAMPLES = 300;

    @Test void theTransformerOfReviews() { texts("imdb"); }

    @Test void bert() { texts("bert"); }

    /** What is hidden is blurred, for the methods and for the curves alike. */
    @Test void resNet34OnPhotos() throws IOException {
        Path folder = there(Path.of(cache(), "photos"));
        var table = new FaithfulnessTable(PHOTO_STEPS, 7);
        var alike = new EnumMap<Method, Double>(Method.class);
        try (var model = Predictor.open(run("resnet34")); var other = Predictor.open(run("resnet34"))) {
            @SuppressWarnings("unchecked") // of a classifier of pictures
            var box = (GlassBox<Image>) model.glassBox().orElseThrow();
            @SuppressWarnings("unchecked")
            var drawn = (GlassBox<Image>) other.glassBox().orElseThrow();
            SanityCheck.redraw(drawn.model(), 1);
            for (String name : PHOTOS) {
                Image photo = Image.read(folder.resolve(name));
                try (var _ = Scope.open()) {
                    var x = box.encode(List.of(photo));
                    int output = Targets.of(box, x, "");
                    int[] cells = cells(Math.toIntExact(x.size(2)));
                    var blurred = new Pictures(box, photos(Method.IG, "")).blank(x);
                    var game = game(box, x, blurred, output, ofChannels(cells, 3));
                    System.out.printf("%s: %s, unhidden and blurred %s%n", name, box.outputs().get(output),
                            Arrays.toString(game.ends()));
                    for (var method : PHOTO_METHODS) {
                        var found = method == Method.IG
                                ? new IntegratedGradients(box::scores, blurred).steps(32).explain(x, output).pixels()
                                : pixels(box, photo, method, box.outputs().get(output));
                        table.add(name(method), game, summed(found.values(), cells, CELLS * CELLS));
                        if (!CHECKED.contains(method)) continue;
                        var blind = pixels(drawn, photo, method, box.outputs().get(output));
                        table.add(name(method) + DRAWN, game, summed(blind.values(), cells, CELLS * CELLS));
                        alike.merge(method, SanityCheck.alike(found, blind) / PHOTOS.size(), Double::sum);
                    }
                    table.addRandom(game);
                    table.addRandomRegions(game, CELLS);
                }
                table.print(); // of those so far
            }
        }
        System.out.println("rank correlation with drawn weights " + alike);
        table.assertInsertsBetterThanRandom(Set.of("gradcam", "gradcam_plus_plus", "lime", "shap"));
    }

    private static Attribution pixels(GlassBox<Image> box, Image photo, Method method, String target) {
        double[] values = told(new Pictures(box, photos(method, target)).explain(photo), "pixels");
        if (method == Method.SMOOTHGRAD || method == Method.GUIDED_BACKPROP) { // whose signs are no contribution's
            values = Arrays.stream(values).map(Math::abs).toArray();
        }
        return Attribution.of(values, Double.NaN, Double.NaN);
    }

    private static ExplainCommand.Config photos(Method method, String target) {
        var usual = settings(method);
        int samples = method == Method.SMOOTHGRAD ? 10 : PHOTO_SAMPLES;
        return new ExplainCommand.Config(method, target, samples, usual.top(), "", ExplainCommand.Hide.BLUR,
                usual.format(), usual.out(), usual.seed());
    }

    private static void texts(String run) {
        var table = new FaithfulnessTable(STEPS, 7);
        var reviews = Imdb.full(there(Path.of(cache(), "imdb"))).test();
        try (var model = Predictor.open(run(run))) {
            @SuppressWarnings("unchecked") // of a classifier of texts
            var box = (GlassBox<String>) model.glassBox().orElseThrow();
            for (int i = 0; i < TEXTS; i++) { // half of them bad, half good
                String text = reviews.get(i * reviews.size() / TEXTS).text();
                try (var _ = Scope.open()) {
                    var x = box.encode(List.of(text));
                    int output = Targets.of(box, x, "");
                    int[] players = players(x, box.blank(x));
                    int count = Arrays.stream(players).max().orElseThrow() + 1;
                    var game = game(box, x, box.blank(x), output, players);
                    for (var method : List.of(Method.SHAP, Method.LIME, Method.IG, Method.DEEPLIFT, Method.SMOOTHGRAD,
                            Method.OCCLUSION)) {
                        double[] tokens = told(new Texts(box, settings(method)).explain(text), "contributions");
                        table.add(name(method), game, summed(tokens, players, count));
                    }
                    table.addRandom(game);
                    if (i == 0) {
                        var embedded = Embedded.of(box.model(), box::scores, x);
                        sanity(box, embedded, embedded.vectors(x), output);
                    }
                }
            }
        }
        table.print();
        table.assertBetterThanRandom(Set.of(), Set.of());
    }

    /** Of each token the player, -1 for one that is never hidden. */
    private static int[] players(Tensor x, Tensor blank) {
        long[] ids = x.toLongs(), hidden = blank.toLongs();
        var players = new int[ids.length];
        int next = 0;
        for (int i = 0; i < ids.length; i++) players[i] = ids[i] == hidden[i] ? -1 : next++;
        return players;
    }

    private static int[] cells(int side) {
        var cells = new int[side * side];
        for (int i = 0; i < cells.length; i++) cells[i] = i / side * CELLS / side * CELLS + i % side * CELLS / side;
        return cells;
    }

    private static int[] ofChannels(int[] cells, int channels) {
        return IntStream.range(0, channels).flatMap(_ -> Arrays.stream(cells)).toArray();
    }

    private static double[] summed(double[] values, int[] players, int count) {
        var sums = new double[count];
        for (int i = 0; i < values.length; i++) if (players[i] >= 0) sums[players[i]] += values[i];
        return sums;
    }

    /** What the probability of a class does as parts go. */
    private static Game game(GlassBox<?> box, Tensor x, Tensor blank, int output, int[] players) {
        Unary probability = rows -> box.scores(rows).softmax(-1);
        return Game.of(probability, blank, players).of(x, output);
    }

    /** Drawn weights change the map. */
    private static void sanity(GlassBox<?> box, Unary function, Tensor x, int output) {
        var found = SanityCheck.of(box.model(), () -> Saliency.timesInput(function).explain(x, output), 1);
        double end = new ArrayList<>(found.values()).getLast();
        System.out.printf("rank correlation with drawn weights %.2f%n", end);
        assertTrue(Math.abs(end) < 0.8, "drawn weights leave the map as it is: " + end);
    }

    private static ExplainCommand.Config settings(Method method) {
        var usual = new ExplainCommand().defaults();
        boolean gradients = method == Method.SMOOTHGRAD;
        return new ExplainCommand.Config(method, "", gradients ? 0 : SAMPLES, usual.top(), "", usual.hide(),
                usual.format(), usual.out(), usual.seed());
    }

    private static double[] told(ExplainCommand.Explained explained, String name) {
        return (double[]) ((Map<?, ?>) explained.values()).get(name);
    }

    private static String name(Method method) { return method.name().toLowerCase(Locale.ROOT); }

    private static Path run(String name) {
        String runs = System.getProperty("merapi.runs");
        assumeTrue(runs != null, "merapi.runs is not set: no trained models");
        return there(Path.of(runs, name));
    }

    private static String cache() {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no data");
        return cache;
    }

    private static Path there(Path folder) {
        assumeTrue(Files.isDirectory(folder), folder + " is missing");
        return folder;
    }
}

package dev.merapi.explain;

import dev.merapi.explain.gradient.DeepLift;
import dev.merapi.explain.gradient.GradCam;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.lime.Slic;
import dev.merapi.explain.measure.Faithfulness;
import dev.merapi.explain.measure.SanityCheck;
import dev.merapi.explain.measure.Sensitivity;
import dev.merapi.explain.perturb.Occlusion;
import dev.merapi.explain.shap.GradientShap;
import dev.merapi.explain.shap.PartitionShap;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Explanations of a net that has learnt to tell clothes apart; {@code -Dmerapi.fashion=<run>} takes a trained one. */
@Tag("proof")
class FashionProofTest {
    private static final int PICTURES = 20;

    @TempDir private Path folder;

    @Test void explanationsOfATrainedNetAreFaithfulAndDependOnIt() {
        String trained = System.getProperty("merapi.fashion");
        Path run = trained == null ? folder.resolve("run") : Path.of(trained);
        if (trained == null) {
            try (var job = Recipes.named("fashion").job("epochs=3")) {
                job.fit(run);
            }
        }
        try (var model = Predictor.open(run)) {
            @SuppressWarnings("unchecked") // of a recipe for pictures
            var box = (GlassBox<Image>) model.glassBox().orElseThrow();
            measure(box);
        }
    }

    private static Map<String, Explainer> explainers(GlassBox<Image> box, Tensor blank, Image image) {
        var all = new LinkedHashMap<String, Explainer>();
        int[] cells = new int[28 * 28];
        for (int i = 0; i < cells.length; i++) cells[i] = i / 28 / 2 * 14 + i % 28 / 2;
        int[] parts = new Slic().of(image);
        all.put("shap", spread(cells, Explainer.hiding(Game.of(box::scores, blank, cells),
                new PartitionShap(PartitionShap.Tree.grid(14, 14), 1000))));
        all.put("lime", spread(parts, Explainer.hiding(Game.of(box::scores, blank, parts), new Lime())));
        all.put("ig", new IntegratedGradients(box::scores, blank));
        all.put("deeplift", new DeepLift(box.model(), box::scores, blank));
        all.put("gradientshap", new GradientShap(box::scores, blank));
        all.put("gradcam", new GradCam(box.model(), box::scores));
        all.put("occlusion", new Occlusion(box::scores, blank));
        all.put("saliency x input", Saliency.timesInput(box::scores));
        return all;
    }

    /** The contribution of a part, on each of its pixels in equal shares. */
    private static Explainer spread(int[] parts, Explainer explainer) {
        return (x, output) -> {
            var found = explainer.explain(x, output);
            var sizes = new int[found.values().length];
            for (int part : parts) sizes[part]++;
            var values = new double[parts.length];
            for (int i = 0; i < values.length; i++) values[i] = found.values()[parts[i]] / sizes[parts[i]];
            return new Attribution(new long[] {28, 28}, values, found.base(), found.output());
        };
    }

    private static void measure(GlassBox<Image> box) {
        var test = FashionMnist.subset().test();
        var curves = new FaithfulnessTable(28, 7);
        double worst = 0, incomplete = 0;
        for (int p = 0; p < PICTURES; p++) {
            var image = test.get(p).image();
            try (var _ = Scope.open()) {
                var x = box.encode(List.of(image));
                var blank = box.encode(List.of(new Image(28, 28, 1)));
                int output;
                try (var _ = Torch.noGrad()) {
                    output = (int) box.scores(x).argmax(-1).itemLong();
                }
                Unary probability = rows -> box.scores(rows).softmax(-1);
                var game = Game.of(probability, blank, Game.each(784)).of(x, output);
                for (var entry : explainers(box, blank, image).entrySet()) {
                    var found = entry.getValue().explain(x, output);
                    curves.add(entry.getKey(), game, found.values());
                    switch (entry.getKey()) {
                        case "shap", "deeplift", "gradientshap" -> worst = Math.max(worst, Math.abs(found.gap()));
                        case "ig" -> incomplete = Math.max(incomplete,
                                Math.abs(found.gap() / (found.output() - found.base())));
                        default -> { }
                    }
                }
                curves.addRandom(game);
            }
        }
        System.out.printf("local accuracy of SHAP %.1e, completeness of ig %.1e%n", worst, incomplete);
        assertTrue(worst < 1e-4, "" + worst);
        assertTrue(incomplete < 1e-3, "" + incomplete);
        curves.print();
        curves.assertBetterThanRandom(Set.of("gradcam"), Set.of()); // whose maps of 7x7 are coarse
        sanity(box, test.get(0).image());
    }

    private static void sanity(GlassBox<Image> box, Image image) {
        try (var _ = Scope.open()) {
            var x = box.encode(List.of(image));
            var blank = box.encode(List.of(new Image(28, 28, 1)));
            var explainer = new IntegratedGradients(box::scores, blank).steps(32);
            var before = explainer.explain(x, 3);
            var found = SanityCheck.of(box.model(), () -> Saliency.timesInput(box::scores).explain(x, 3), 1);
            System.out.println("sanity " + found);
            double end = new ArrayList<>(found.values()).getLast();
            assertTrue(end < 0.8, "drawn weights leave the map as it is: " + end);
            assertEquals(before.output(), explainer.explain(x, 3).output(), 1e-6); // put back
            double moved = Sensitivity.most(explainer, x, 3, 0.02, 5, 1);
            var game = Game.of(box::scores, blank, Game.each(784)).of(x, 3);
            double infidelity = Faithfulness.infidelity(game, before.values(), 200, 1);
            double drawn = Faithfulness.infidelity(game, new double[784], 200, 1);
            System.out.printf("sensitivity %.3f, infidelity %.2f, of nothing %.2f%n", moved, infidelity, drawn);
            assertTrue(moved < 1, "" + moved);
        }
    }
}

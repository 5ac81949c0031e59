package dev.merapi.explain;

import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.lime.Slic;
import dev.merapi.explain.shap.KernelShap;
import dev.merapi.nn.Unary;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.model.DeepFm;
import dev.merapi.tabular.model.DeepOptions;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Image;
import dev.merapi.vision.model.ResNet;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What explaining costs beside the forward passes that it asks for, which run in turns with it; the least of the ratios
 * counts, as the others have waited for somebody else. For a machine on which nothing else runs.
 */
@Tag("proof")
class SpeedProofTest {
    private static final int TURNS = 3;
    private static final double MOST = 1.2; // times the forward passes

    /** 1,000 perturbations of a picture of 64x64 by superpixels, through a ResNet-18. */
    @Test void limeOfAPicture() {
        var pixels = new byte[64 * 64 * 3];
        new Random(1).nextBytes(pixels);
        Torch.seed(2);
        try (var net = new ResNet(ResNet.Config.RESNET18, 10); var _ = Scope.open()) {
            net.eval();
            int[] parts = new Slic().of(new Image(64, 64, 3, pixels));
            var groups = new int[3 * parts.length];
            for (int i = 0; i < groups.length; i++) groups[i] = parts[i % parts.length];
            var x = Tensor.randn(new Rng(3), 1, 3, 64, 64);
            var games = Game.of(net, x.zerosLike(), groups);
            double ratio = ratio("LIME", () -> new Lime().share(games.of(x, 4)), () -> passes(net, x, 1000));
            assertTrue(ratio <= MOST, "LIME takes " + ratio + " times the forward passes");
        }
    }

    /** 100 rows of 10 numbers and 20 categories through a DeepFM, 2,048 coalitions on 10 rows of background. */
    @Test void kernelShapOfRows() {
        var options = DeepOptions.DEFAULT.dropout(0);
        var inputs = new Inputs(10, Collections.nCopies(20, 50), List.of(), List.of());
        Torch.seed(2);
        try (var net = new DeepFm(inputs, 1, options); var _ = Scope.open()) {
            net.eval();
            Unary function = rows -> net.forward(new TableBatch(rows.narrow(1, 20, 10).to(DType.FLOAT32),
                    rows.narrow(1, 0, 20).to(DType.INT64), List.of(), Tensor.zeros(DType.INT64, rows.size(0), 0),
                    null));
            var rng = new Rng(3);
            var rows = Tensor.cat(List.of(Tensor.rand(rng, 110, 20).mul(50).floor(), Tensor.randn(rng, 110, 10)), 1)
                    .to(DType.FLOAT64);
            var x = rows.narrow(0, 0, 100);
            var games = Game.of(function, rows.narrow(0, 100, 10), Game.each(30), Chunks.DEFAULT.chunk(4096));
            var explainer = Explainer.hiding(games, new KernelShap(2048, 1337));
            var worst = new double[1];
            double ratio = ratio("KernelSHAP", () -> {
                for (var found : explainer.explainAll(x, 0)) worst[0] = Math.max(worst[0], Math.abs(found.gap()));
            }, () -> passes(function, x.repeat(41, 1).narrow(0, 0, 4096), 100 * 2048 * 10));
            assertEquals(0, worst[0], 1e-9);
            assertTrue(ratio <= 2, "KernelSHAP takes " + ratio + " times the forward passes");
        }
    }

    /** As many rows as explaining asks for, in chunks of the same size. */
    private static void passes(Unary model, Tensor x, int count) {
        int rows = x.size(0) > 1 ? (int) x.size(0) : Chunks.DEFAULT.rowsLike(x);
        var chunk = x.size(0) > 1 ? x : x.expand(rows, x.size(1), x.size(2), x.size(3)).contiguous();
        for (int from = 0; from < count; from += rows) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                model.forward(chunk.narrow(0, 0, Math.min(rows, count - from))).toDoubles();
            }
        }
    }

    private static double ratio(String name, Runnable explaining, Runnable passes) {
        explaining.run(); // once, for the compiler
        passes.run();
        var ratios = new double[TURNS];
        double seconds = Double.MAX_VALUE;
        for (int i = 0; i < TURNS; i++) {
            double own = time(explaining);
            seconds = Math.min(seconds, own);
            ratios[i] = own / time(passes);
        }
        Arrays.sort(ratios);
        System.out.printf("%s: %.2f s, times the forward passes %s%n", name, seconds, Arrays.toString(ratios));
        return ratios[0];
    }

    private static double time(Runnable run) {
        long begin = System.nanoTime();
        run.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}

package dev.merapi.protect.robustness;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.plot.LinePlot;
import dev.merapi.protect.privacy.PrivacyOptions;
import dev.merapi.protect.privacy.Private;
import dev.merapi.protect.robustness.MembershipInference.Found;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Whether one can tell what a net was trained on, by how much privacy it was trained with: 600 clothes, trained on
 * until they are known by heart. {@code -Dmerapi.plot=<png>} draws it.
 */
@Tag("proof")
class MembershipProofTest {
    private static final int MEMBERS = 600, EPOCHS = 40;
    private static final double DELTA = 1e-4;

    private final Seen members = seen(0), others = seen(MEMBERS), reference = seen(2 * MEMBERS);

    /** Pictures and classes. */
    private record Seen(Tensor x, Tensor y) {}

    private static Seen seen(int from) {
        var pictures = FashionMnist.subset().train();
        int[] rows = IntStream.range(from, from + MEMBERS).toArray();
        try (var scope = Scope.open()) {
            var images = IntStream.of(rows).mapToObj(row -> pictures.get(row).image()).toList();
            long[] labels = IntStream.of(rows).mapToLong(row -> pictures.get(row).label()).toArray();
            return new Seen(scope.keep(Normalize.FASHION_MNIST.batch(images).contiguous()).owned(),
                    scope.keep(Tensor.of(labels, labels.length)).owned());
        }
    }

    @Test void lessIsToldTheMorePrivateTheTraining() {
        double[] epsilons = {0.5, 1, 2, 4, 8};
        var losses = new double[epsilons.length];
        var ratios = new double[epsilons.length];
        for (int i = 0; i < epsilons.length; i++) {
            Found[] found = attacked("ε " + epsilons[i], epsilons[i]);
            losses[i] = found[0].auc();
            ratios[i] = found[1].auc();
        }
        Found[] plain = attacked("without", Double.POSITIVE_INFINITY);
        var every = new double[epsilons.length];
        Arrays.fill(every, plain[0].auc());
        String file = System.getProperty("merapi.plot");
        if (file != null) {
            new LinePlot("Members found", "ε").line("by loss", epsilons, losses).line("by ratio", epsilons, ratios)
                    .line("by loss, trained without privacy", epsilons, every).write(Path.of(file));
        }
        assertTrue(plain[0].auc() > .6, plain[0]::toString);
        assertEquals(.5, losses[0], .05);
        assertTrue(losses[0] < plain[0].auc() - .08 && losses[4] < plain[0].auc());
    }

    /** Of one training, by loss and by ratio. */
    private Found[] attacked(String name, double epsilon) {
        Torch.seed(1);
        try (var _ = Scope.open();
                var net = new Sequential(new Flatten(), new Linear(784, 64), new Relu(), new Linear(64, 10))) {
            var data = Dataset.of(IntStream.range(0, MEMBERS).boxed().toList())
                    .map(i -> new Batch(members.x.select(0, i), members.y.select(0, i)));
            boolean open = Double.isInfinite(epsilon);
            var trainer = Trainer.of(Classification.of(net, 10)).optimizer(m -> new Sgd(m, open ? .1 : .5, .9))
                    .epochs(EPOCHS).seed(1);
            if (!open) trainer = new Private(net, PrivacyOptions.target(epsilon, DELTA).clip(.1)).wrap(trainer);
            var train = Loader.of(data, 60).shuffle(1);
            trainer.fit(train, Loader.of(data, 200));
            net.eval();
            try (var _ = Torch.noGrad()) {
                Tensor in = net.forward(members.x), out = net.forward(others.x), known = net.forward(reference.x);
                var byLoss = Found.of(MembershipInference.lossScores(in, members.y),
                        MembershipInference.lossScores(out, others.y));
                var byRatio = Found.of(MembershipInference.likelihoodScores(in, members.y, known, reference.y),
                        MembershipInference.likelihoodScores(out, others.y, known, reference.y));
                double accuracy = out.argmax(1).eq(others.y).to(DType.FLOAT32).mean().item();
                IO.println(String.format(Locale.ROOT, "%s: accuracy of others %.3f; by loss %s; by ratio %s", name,
                        accuracy, byLoss, byRatio));
                return new Found[] {byLoss, byRatio};
            }
        }
    }
}

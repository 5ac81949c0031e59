package dev.merapi.nn;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.merapi.Goldens;
import dev.merapi.nn.LayerPrograms.Program;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What must hold for every layer, whatever it computes. */
class LayerHarnessTest {
    private static final double STEP = 1e-6;
    private static final Set<Class<?>> STOCHASTIC = Set.of(Dropout.class);

    private static final int THREADS = Torch.threads();

    private final Goldens goldens = Goldens.open("layers");

    /** A layer, its inputs, and its outputs. */
    private record Subject(String name, Program program, Supplier<Tensor[]> inputs) {
        Layer layer() { return program.layer().get(); }

        /** Outputs weighted by fixed numbers, so that each has a gradient of its own. */
        Tensor loss(Layer layer, Tensor[] x) {
            Torch.seed(7); // the same dropout each time
            Tensor loss = Tensor.scalar(0, x[0].dtype().isFloating() ? x[0].dtype() : DType.FLOAT64);
            for (Tensor y : program.forward().apply(layer, x)) {
                Tensor weights = Tensor.linspace(0.5, 1.5, Math.max(1, y.numel())).to(y.dtype()).reshape(y.shape());
                loss = loss.add(y.mul(weights).sum());
            }
            return loss;
        }
    }

    private List<Subject> subjects() {
        var subjects = new ArrayList<Subject>();
        LayerPrograms.all().forEach((name, program) -> {
            if (program.layer().get() instanceof Layer unused) {
                unused.close();
                subjects.add(new Subject(name, program, () -> ordered(goldens.tensors(name + "/in."))));
            }
        });
        add(subjects, "dropout", () -> new Dropout(0.5), 4, 6);
        add(subjects, "flatten", Flatten::new, 2, 3, 4);
        add(subjects, "lambda", () -> new Lambda("double", x -> x.mul(2)), 2, 3);
        add(subjects, "sequential", () -> new Sequential(new Linear(4, 8), Activation.GELU, new Linear(8, 2)), 3, 4);
        add(subjects, "residual", () -> new Residual(new Linear(4, 4), new Linear(4, 4, false)), 3, 4);
        add(subjects, "learned_positions", () -> new LearnedPositions(8, 4), 2, 5, 4);
        add(subjects, "sinusoidal_positions", SinusoidalPositions::new, 2, 5, 4);
        var options = TransformerOptions.DEFAULT.preNorm(true);
        add(subjects, "encoder_with_dropout", () -> new TransformerEncoder(1, 8, 2, 16, options), 2, 5, 8);
        var decoder = new Program(() -> new TransformerDecoder(2, 8, 2, 16, options),
                (layer, x) -> List.of(((TransformerDecoder) layer).forward(x[0], x[1])));
        subjects.add(new Subject("decoder", decoder, () -> new Tensor[] {random(2, 3, 8), random(2, 5, 8)}));
        return subjects;
    }

    private static <L extends Layer & Unary> void add(List<Subject> subjects, String name, Supplier<L> make,
            long... shape) {
        var program = new Program(make::get, (layer, x) -> List.of(((Unary) layer).forward(x[0])));
        subjects.add(new Subject(name, program, () -> new Tensor[] {random(shape)}));
    }

    private static Tensor random(long... shape) {
        Torch.seed(3);
        return Tensor.randn(shape);
    }

    private static Tensor[] ordered(Map<String, Tensor> inputs) {
        return new TreeMap<>(inputs).values().toArray(Tensor[]::new);
    }

    /** Tensors this small are faster on one. */
    @BeforeAll static void oneThread() { Torch.threads(1); }

    @AfterAll static void allThreads() { Torch.threads(THREADS); }

    @Test void everyLayerIsHere() {
        var tested = new TreeSet<String>();
        for (var subject : subjects()) {
            try (var layer = subject.layer()) {
                layer.layers().values().forEach(l -> tested.add(l.getClass().getSimpleName()));
            }
        }
        var all = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.merapi.nn").stream()
                .filter(c -> c.isAssignableTo(Layer.class) && !c.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getSimpleName).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(all, tested);
    }

    @TestFactory Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() { return each(this::checkGradients); }

    @TestFactory Stream<DynamicTest> aCopyOfTheTensorsComputesTheSame() { return each(this::checkCopy); }

    @TestFactory Stream<DynamicTest> nothingIsLeftAlive() { return each(this::checkLeaks); }

    @TestFactory Stream<DynamicTest> trainingDiffersFromEvaluationWhereItShould() { return each(this::checkModes); }

    private Stream<DynamicTest> each(Consumer<Subject> check) {
        return subjects().stream().map(s -> DynamicTest.dynamicTest(s.name(), () -> {
            try (var _ = Scope.open()) {
                Torch.seed(1);
                check.accept(s);
            }
        }));
    }

    /** In float64, along one random direction for each parameter and input. */
    private void checkGradients(Subject subject) {
        try (var layer = subject.layer()) {
            layer.to(DType.FLOAT64);
            var x = subject.inputs().get();
            var leaves = new LinkedHashMap<String, Tensor>(layer.params());
            for (int i = 0; i < x.length; i++) {
                if (!x[i].dtype().isFloating()) continue;
                x[i] = x[i].to(DType.FLOAT64).detach().requiresGrad_(true);
                leaves.put("input " + i, x[i]);
            }
            subject.loss(layer, x).backward();
            leaves.forEach((name, leaf) -> {
                assertNotNull(leaf.grad(), name + " has no gradient");
                if (!name.startsWith("input")) {
                    assertTrue(leaf.grad().ne(0).any().itemBoolean(), name + " has a gradient of 0 everywhere");
                }
                Torch.seed(11);
                Tensor direction = leaf.detach().randnLike();
                if (layer instanceof Embedding) direction = direction.mul(leaf.grad().ne(0)); // padding is not trained
                double expected = (moved(subject, layer, x, leaf, direction, STEP)
                        - moved(subject, layer, x, leaf, direction, -STEP)) / (2 * STEP);
                double actual = leaf.grad().mul(direction).sum().item();
                assertEquals(expected, actual, 1e-7 + 1e-6 * Math.abs(expected), name);
            });
        }
    }

    private static double moved(Subject subject, Layer layer, Tensor[] x, Tensor leaf, Tensor direction, double step) {
        try (var _ = Torch.noGrad()) {
            Tensor before = leaf.detach().copy();
            leaf.add_(direction.mul(step));
            double loss = subject.loss(layer, x).item();
            leaf.copy_(before);
            return loss;
        }
    }

    private void checkCopy(Subject subject) {
        try (var layer = subject.layer(); var copy = subject.layer(); var _ = Torch.noGrad()) {
            var saved = new HashMap<String, Tensor>();
            layer.tensors().forEach((name, t) -> saved.put(name, t.contiguous().copy()));
            copy.tensors().forEach((name, t) -> t.copy_(saved.get(name)));
            assertEquals(layer.tensors().keySet(), saved.keySet());
            Tensor expected = subject.loss(layer, subject.inputs().get());
            assertTrue(expected.sameAs(subject.loss(copy, subject.inputs().get())), "results differ");
        }
    }

    private void checkLeaks(Subject subject) {
        long before = Scope.live();
        try (var layer = subject.layer()) {
            long owned = layer.tensors().size();
            for (int i = 0; i < 3; i++) {
                try (var _ = Scope.open()) {
                    var x = subject.inputs().get();
                    for (Tensor t : x) if (t.dtype().isFloating()) t.requiresGrad_(true);
                    Tensor loss = subject.loss(layer, x);
                    if (loss.requiresGrad()) loss.backward();
                }
                assertTrue(Scope.live() <= before + owned, "a step left tensors alive");
            }
        }
        assertTrue(Scope.live() <= before, "the closed layer left tensors alive");
    }

    private void checkModes(Subject subject) {
        try (var layer = subject.layer(); var _ = Torch.noGrad()) {
            var x = subject.inputs().get();
            layer.train();
            Tensor training = subject.loss(layer, x).copy();
            layer.eval();
            Tensor evaluation = subject.loss(layer, x);
            boolean differs = layer.layers().values().stream().anyMatch(l -> l instanceof BatchNorm
                    || STOCHASTIC.contains(l.getClass()) || l instanceof InstanceNorm n && n.runningMean != null)
                    || subject.name().equals("encoder_with_dropout") || subject.name().equals("decoder");
            assertEquals(differs, !training.sameAs(evaluation));
            assertTrue(evaluation.sameAs(subject.loss(layer, x)), "evaluation changes state");
        }
    }
}

package dev.merapi.protect.robustness;

import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Attacks on models whose worst inputs are known by a formula, and what all attacks promise. */
class AttackTest {
    private static final double EPSILON = 0.1;
    private static final int INPUTS = 12, ROWS = 6;

    private Scope scope;
    private Tensor w; // (INPUTS)
    private Tensor x; // (ROWS, INPUTS), far from 0 and 1
    private Tensor y;
    private Unary linear; // logits 0 and w x

    @BeforeEach void begin() {
        scope = Scope.open();
        w = Tensor.randn(new Rng(1), INPUTS);
        x = Tensor.rand(new Rng(2), ROWS, INPUTS).mul(.6).add(.2);
        linear = at -> {
            var score = at.matmul(w).sub(x.matmul(w).mean());
            return Tensor.stack(List.of(score.zerosLike(), score), 1);
        };
        y = linear.forward(x).argmax(1);
    }

    @AfterEach void end() { scope.close(); }

    private static void assertNear(Tensor expected, Tensor found, double tolerance) {
        double gap = expected.sub(found).abs().max().item();
        assertTrue(gap < tolerance, () -> "apart by " + gap);
    }

    /** Of two classes with scores 0 and w x the cross-entropy rises against w for class 1, along w for class 0. */
    private Tensor against() { return y.to(DType.FLOAT32).mul(-2).add(1).unsqueeze(1); }

    @Test void onALinearModelTheWorstIsTheSignOfItsWeights() {
        var worst = x.add(against().mul(w.sign()).mul(EPSILON));
        assertNear(worst, new Fgsm(EPSILON).perturb(linear, x, y), 1e-6);
        assertNear(worst, Pgd.of(Norm.L_INF, EPSILON).perturb(linear, x, y), 1e-6);
        assertNear(worst, AutoPgd.of(Norm.L_INF, EPSILON, 40).perturb(linear, x, y), 1e-6);
    }

    @Test void onALinearModelTheWorstInL2IsAlongItsWeights() {
        var worst = x.add(against().mul(w.div(w.norm())).mul(EPSILON));
        var by = new Pgd(Norm.L2, EPSILON, EPSILON, 60, 1, AttackLoss.CROSS_ENTROPY, 0);
        assertNear(worst, new Fgsm(Norm.L2, EPSILON).perturb(linear, x, y), 1e-6);
        assertNear(worst, by.perturb(linear, x, y), 1e-4);
        assertNear(worst, AutoPgd.of(Norm.L2, EPSILON, 100).perturb(linear, x, y), 2e-3);
    }

    /** The nearest point of a plane is along its normal: |w x + b| / |w| away. */
    @Test void deepFoolAndCarliniWagnerFindTheNearestPointOfThePlane() {
        var score = linear.forward(x).select(1, 1);
        var distance = score.abs().div(w.norm());
        var fooled = new DeepFool(50, 0.001).perturb(linear, x, y);
        assertNear(distance, Norm.L2.length(fooled.sub(x)), 2e-3);
        var shortest = new CarliniWagner(8, 200, .01, .1, 0).perturb(linear, x, y);
        assertNear(distance, Norm.L2.length(shortest.sub(x)), 2e-2);
        for (var found : List.of(fooled, shortest)) {
            assertTrue(linear.forward(found).argmax(1).ne(y).all().itemBoolean());
        }
    }

    private static Sequential net() {
        Torch.seed(3);
        return new Sequential(new Linear(INPUTS, 16), new Relu(), new Linear(16, 4));
    }

    /** The paper's promise, of one budget: no loss that it reaches is below that of steps of one size. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void autoPgdIsNoWeakerThanPgd(Norm norm) {
        try (var net = net()) {
            var truth = net.forward(x).argmax(1);
            var pgd = Pgd.of(norm, EPSILON, 30).perturb(net, x, truth);
            var auto = AutoPgd.of(norm, EPSILON, 30).perturb(net, x, truth);
            var loss = AttackLoss.CROSS_ENTROPY;
            var gap = loss.each(net.forward(auto), truth).sub(loss.each(net.forward(pgd), truth));
            assertTrue(gap.min().item() > -1e-3, gap::toString);
        }
    }

    @Test void everyAttackStaysInItsBallAndLeavesParametersAlone() {
        try (var net = net()) {
            var pictures = Tensor.rand(new Rng(5), 3, 1, 3, 4);
            Unary flat = at -> net.forward(at.reshape(at.size(0), -1));
            var truth = flat.forward(pictures).argmax(1);
            var linf = List.<Attack>of(new Fgsm(EPSILON), Pgd.of(Norm.L_INF, EPSILON).restarts(2),
                    AutoPgd.of(Norm.L_INF, EPSILON, 10).loss(AttackLoss.LOGITS_RATIO), new Square(EPSILON, 50));
            var l2 = List.<Attack>of(new Fgsm(Norm.L2, EPSILON), Pgd.of(Norm.L2, EPSILON).loss(AttackLoss.MARGIN),
                    AutoPgd.of(Norm.L2, EPSILON, 10).restarts(2));
            long live = Scope.live();
            for (var attack : linf) inBall(Norm.L_INF, attack, flat, pictures, truth);
            for (var attack : l2) inBall(Norm.L2, attack, flat, pictures, truth);
            assertTrue(Scope.live() <= live);
            assertTrue(net.params().values().stream().allMatch(param -> param.grad() == null));
        }
    }

    private static void inBall(Norm norm, Attack attack, Unary model, Tensor pictures, Tensor truth) {
        try (var _ = Scope.open()) {
            var found = attack.perturb(model, pictures, truth);
            assertTrue(norm.length(found.sub(pictures)).max().item() <= EPSILON + 1e-6, attack::toString);
            assertTrue(found.min().item() >= 0 && found.max().item() <= 1, attack::toString);
            var loss = AttackLoss.MARGIN;
            double before = loss.each(model.forward(pictures), truth).mean().item();
            assertTrue(loss.each(model.forward(found), truth).mean().item() > before, attack::toString);
        }
    }

    /** Asked for scores alone, the search still finds what gradients find, on a model where stripes suffice. */
    @Test void squareNeedsNoGradients() {
        Unary dark = at -> {
            var mean = at.detach().mean(1, 2, 3);
            return Tensor.stack(List.of(mean.rsub(.55), mean.sub(.55)), 1).mul(10);
        };
        var pictures = Tensor.full(.5, 2, 1, 8, 8).to(DType.FLOAT32);
        var truth = dark.forward(pictures).argmax(1);
        assertEquals(0, truth.sum().itemLong());
        var found = new Square(EPSILON, 400).perturb(dark, pictures, truth);
        assertTrue(dark.forward(found).argmax(1).eq(1).all().itemBoolean());
        assertTrue(message(() -> new Fgsm(.1).perturb(dark, pictures, truth)).contains("Square needs none"));
    }

    @Test void inputsThatAreNoPixelsAreRefused() {
        assertTrue(message(() -> new Fgsm(.1).perturb(linear, x.mul(3), y)).startsWith("Attack: expected inputs"
                + " from 0 to"
                + " 1; PixelRange puts"));
        assertTrue(message(() -> new Square(.1, 9).perturb(linear, x, y)).startsWith("Square: expected pictures"));
        assertEquals("Pgd.epsilon: expected more than 0. Received 0.0.", message(() -> Pgd.of(Norm.L2, 0)));
    }

    private static String message(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}

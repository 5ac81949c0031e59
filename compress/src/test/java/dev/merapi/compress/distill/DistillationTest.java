package dev.merapi.compress.distill;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DistillationTest {
    @BeforeEach void seed() { Torch.seed(3); }

    private static Sequential net(int width) {
        return new Sequential(new Linear(4, width), new Relu(), new Linear(width, 3));
    }

    private static Batch batch() { return new Batch(Tensor.randn(6, 4), Tensor.of(new long[] {0, 1, 2, 0, 1, 2})); }

    /** (1 - s) · CE + s · T² · mean over rows of Σ p log(p / q), written out in Java. */
    @Test void theLossIsHintons() {
        try (var _ = Scope.open()) {
            Sequential student = net(2), teacher = net(8);
            var batch = batch();
            double t = 3, soft = 0.6;
            var task = Distillation.of(Classification.of(student, 3), Classification.of(teacher, 3),
                    DistillOptions.DEFAULT.temperature(t).soft(soft));
            double loss = task.forward(batch).loss().item();
            double[] own = student.forward(batch.x()).toDoubles(), taught = teacher.forward(batch.x()).toDoubles();
            double sum = 0;
            for (int row = 0; row < 6; row++) {
                double[] p = softmax(taught, row, t), q = softmax(own, row, t);
                for (int c = 0; c < 3; c++) sum += p[c] * Math.log(p[c] / q[c]);
            }
            double plain = new CrossEntropy().forward(student.forward(batch.x()), batch.y()).item();
            assertEquals((1 - soft) * plain + soft * t * t * sum / 6, loss, 1e-5);
        }
    }

    private static double[] softmax(double[] logits, int row, double t) {
        var p = new double[3];
        double sum = 0;
        for (int c = 0; c < 3; c++) sum += p[c] = Math.exp(logits[3 * row + c] / t);
        for (int c = 0; c < 3; c++) p[c] /= sum;
        return p;
    }

    @Test void theTeacherStaysAndTheStudentLearns() {
        try (var _ = Scope.open()) {
            Sequential student = net(2), teacher = net(8);
            var task = Distillation.of(Classification.of(student, 3), Classification.of(teacher, 3),
                    DistillOptions.DEFAULT);
            task.forward(batch()).loss().backward();
            student.params().values().forEach(p -> assertNotNull(p.grad()));
            teacher.params().values().forEach(p -> assertNull(p.grad()));
            assertTrue(teacher.isTraining()); // in evaluation for the answer alone
        }
    }

    /** Written out: G = F Fᵀ with rows of length 1, squares of differences over B². */
    @Test void featuresCompareWhichInputsAreAlike() {
        try (var _ = Scope.open()) {
            Sequential student = net(2), teacher = net(5);
            var batch = batch();
            var options = DistillOptions.DEFAULT.soft(0);
            double plain = task(student, teacher, options).forward(batch).loss().item();
            double with = task(student, teacher, options.layers(10, 0, Map.of("1", "1"))).forward(batch).loss().item();
            double sum = 0;
            double[][] a = alike(part(student, batch.x())), b = alike(part(teacher, batch.x()));
            for (int i = 0; i < 6; i++) for (int j = 0; j < 6; j++) sum += Math.pow(a[i][j] - b[i][j], 2);
            assertEquals(10 * sum / 36, with - plain, 1e-4);
        }
    }

    private static Distillation<Batch> task(Sequential student, Sequential teacher, DistillOptions options) {
        return Distillation.of(Classification.of(student, 3), Classification.of(teacher, 3), options);
    }

    private static Tensor part(Sequential net, Tensor x) {
        var first = net.params();
        return x.matmul(first.get("0.weight").mT()).add(first.get("0.bias")).relu();
    }

    private static double[][] alike(Tensor rows) {
        int n = (int) rows.size(0), d = (int) rows.size(1);
        double[] v = rows.toDoubles();
        var g = new double[n][n];
        for (int i = 0; i < n; i++) {
            double length = 0;
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < d; k++) g[i][j] += v[i * d + k] * v[j * d + k];
                length += g[i][j] * g[i][j];
            }
            for (int j = 0; j < n; j++) g[i][j] /= Math.max(Math.sqrt(length), 1e-12);
        }
        return g;
    }

    @Test void attentionComparesPlacesWhateverTheWidths() {
        try (var _ = Scope.open()) {
            var student = new Sequential(new Conv2d(1, 2, 3), new Flatten(), new Linear(2 * 9, 3));
            var teacher = new Sequential(new Conv2d(1, 7, 3), new Flatten(), new Linear(7 * 9, 3));
            var batch = new Batch(Tensor.randn(2, 1, 5, 5), Tensor.of(new long[] {0, 2}));
            var options = DistillOptions.DEFAULT.soft(0);
            double plain = task(student, teacher, options).forward(batch).loss().item();
            double with = task(student, teacher, options.layers(0, 1, Map.of("0", "0"))).forward(batch).loss().item();
            assertTrue(with > plain + 1e-4);
            double same = task(student, student, options.layers(0, 1, Map.of("0", "0"))).forward(batch).loss().item();
            assertEquals(plain, same, 1e-6);
        }
    }

    @Test void aTrainerGoesOnByAnotherTaskOfItsModel() {
        Sequential student = net(2), teacher = net(8);
        var own = Classification.of(student, 3);
        var trainer = Trainer.of(own).optimizer(m -> new Adam(m, 1e-2));
        trainer.task(Distillation.of(own, Classification.of(teacher, 3), DistillOptions.DEFAULT));
        assertTrue(trainer.task() instanceof Distillation);
        var e = assertThrows(IllegalArgumentException.class, () -> trainer.task(Classification.of(teacher, 3)));
        assertEquals("Trainer.task: expected a task for the model of this trainer. Received one for another"
                + " Sequential.", e.getMessage());
        student.close();
        teacher.close();
    }

    @Test void layersThatAreNotThereAreNamed() {
        Sequential student = net(2), teacher = net(8);
        var e = assertThrows(IllegalArgumentException.class, () -> task(student, teacher,
                DistillOptions.DEFAULT.layers(1, 0, Map.of("conv", "0"))));
        assertEquals("DistillOptions.pairs: expected layers of the student, such as [0, 1, 2]. Received conv.",
                e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> DistillOptions.DEFAULT.layers(1, 0, Map.of()));
        assertTrue(e.getMessage().startsWith("DistillOptions.pairs: expected layers to compare"), e.getMessage());
    }
}

package dev.merapi.compress.distill;

import dev.merapi.data.Batch;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.model.Classifiers;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** On 10,000 pictures of clothes, a student of half the size comes near its teacher, and past itself alone. */
@Tag("proof")
class DistillationProofTest {
    private static final int EPOCHS = 12;
    private static final ConvOptions UNBIASED = ConvOptions.SAME.noBias();

    /** {@link Classifiers#batchNormCnn}, narrower. */
    private static Sequential student() {
        return new Sequential(
                new Conv2d(1, 24, 3, UNBIASED), new BatchNorm2d(24), new Relu(), new MaxPool2d(2),
                new Conv2d(24, 42, 3, UNBIASED), new BatchNorm2d(42), new Relu(), new MaxPool2d(2),
                new Conv2d(42, 88, 3, UNBIASED), new BatchNorm2d(88), new Relu(), new MaxPool2d(2),
                new Flatten(), new Dropout(0.2), new Linear(88 * 9, 10));
    }

    private static double train(Task<Batch> task, ImageData data) {
        try (var train = data.train(64, 1); var test = data.test(256)) {
            return Trainer.of(task).optimizer(m -> new AdamW(m, 2e-3)).scheduleOver(Schedule::cosine).epochs(EPOCHS)
                    .seed(1).fit(train, test).best("accuracy");
        }
    }

    @Test void aStudentOfHalfTheSize() {
        var data = FashionMnist.subset();
        Torch.seed(1);
        var teacher = Classifiers.batchNormCnn(1, 28, 10);
        double taught = train(Classification.of(teacher, 10), data);
        Torch.seed(2);
        var lone = student();
        double alone = train(Classification.of(lone, 10), data);
        Torch.seed(2);
        var student = student();
        double distilled = train(Distillation.of(Classification.of(student, 10), Classification.of(teacher, 10),
                DistillOptions.DEFAULT.soft(0.9)), data);
        System.out.printf(Locale.ROOT, "teacher %d parameters %.4f, student %d alone %.4f, distilled %.4f%n",
                teacher.parameterCount(), taught, student.parameterCount(), alone, distilled);
        assertTrue(student.parameterCount() <= 0.5 * teacher.parameterCount(), "" + student.parameterCount());
        assertTrue(distilled > taught - 0.01, distilled + " of " + taught);
        assertTrue(distilled > alone, distilled + " and alone " + alone);
    }
}

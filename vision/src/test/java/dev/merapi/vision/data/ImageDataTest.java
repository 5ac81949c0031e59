package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ImageDataTest {
    private static Dataset<LabeledImage> images(int count) {
        return Dataset.of(IntStream.range(0, count)
                .mapToObj(i -> new LabeledImage(new Image(1, 2, 1, new byte[] {(byte) i, (byte) (3 * i)}), i % 2))
                .toList());
    }

    @Test void anImageIsNeverAloneInATrainingBatch() {
        var data = ImageData.of(List.of("even", "odd"), Normalize.GRAY, images(9), images(9));
        var sizes = new ArrayList<Integer>();
        for (var batch : data.train(4)) sizes.add(batch.size());
        assertEquals(List.of(4, 5), sizes);

        var model = new Sequential(new Flatten(), new Linear(2, 4), new BatchNorm1d(4), new Linear(4, 2));
        var run = Trainer.of(Classification.of(model, 2)).optimizer(m -> new Sgd(m, 0.1)).epochs(3)
                .fit(data.train(4), data.test(4));
        assertEquals(6, run.steps());
        assertTrue(Double.isFinite(run.last().value("loss")));
    }
}

package dev.merapi.examples;

import dev.merapi.data.Batch;
import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;

/** Data of one's own: a size and a sample for each position. */
final class CustomDataset {
    record Point(float[] xy, int arm) {}

    /** Two spiral arms that wind round each other; no straight line parts them. */
    record Spirals(int size) implements Dataset<Point> {
        @Override public Point get(int index) {
            int arm = index % 2;
            double radius = (double) index / size;
            double angle = 2 * Math.PI * radius + Math.PI * arm;
            return new Point(new float[] {(float) (radius * Math.cos(angle)), (float) (radius * Math.sin(angle))}, arm);
        }
    }

    static void main() {
        Torch.seed(1337);
        var parts = Split.random(new Spirals(1_000), 1337, 0.8, 0.2);
        Collate<Point, Batch> collate = Collate.stack(Point::xy, Point::arm);
        var train = Loader.of(parts.get(0), 32, collate).shuffle(1337);
        var test = Loader.of(parts.get(1), 200, collate);

        var model = new Sequential(new Linear(2, 64), new Relu(), new Linear(64, 64), new Relu(), new Linear(64, 2));
        var run = Trainer.of(Classification.of(model, 2)).optimizer(m -> new Adam(m, 1e-2)).epochs(10)
                .fit(train, test);
        IO.println("accuracy " + run.last().value("accuracy"));
    }
}

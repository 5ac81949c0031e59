package dev.merapi.vision.transform;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Four scenes around a point of one picture, each with a corner at it, so that a detector sees more things, smaller,
 * and cut off (Bochkovskiy et al. 2020, "YOLOv4", arXiv:2004.10934). The point lies anywhere in the middle half, and
 * each picture is brought to between half of the new size and all of it.
 *
 * @param height of the new picture
 * @param width of the new picture
 * @param probability with which a scene of the data set becomes such a picture
 */
public record Mosaic(int height, int width, double probability) {
    private static final int PARTS = 4;

    public Mosaic {
        Expect.atLeast("Mosaic.height", 1, height);
        Expect.atLeast("Mosaic.width", 1, width);
        Expect.probability("Mosaic.probability", probability);
    }

    /** Joins scenes of a data set with three others of it, which are drawn. The channels of all have to be alike. */
    public Dataset<Scene> on(Dataset<Scene> scenes) { return new Joined(this, scenes); }

    private record Joined(Mosaic mosaic, Dataset<Scene> scenes) implements Dataset<Scene> {
        @Override public int size() { return scenes.size(); }

        @Override public Scene get(int index) { return scenes.get(index); }

        @Override public Scene get(int index, RandomGenerator random) {
            var first = scenes.get(index, random);
            if (random.nextDouble() >= mosaic.probability) return first;
            var four = new ArrayList<>(List.of(first));
            while (four.size() < PARTS) four.add(scenes.get(random.nextInt(size()), random));
            return mosaic.join(four, random);
        }
    }

    private Scene join(List<Scene> four, RandomGenerator random) {
        int x = (int) ((0.25 + random.nextDouble() / 2) * width);
        int y = (int) ((0.25 + random.nextDouble() / 2) * height);
        var image = new Image(height, width, four.getFirst().image().channels());
        var mask = four.getFirst().mask() == null ? null : new LabelMask(height, width);
        var boxes = new ArrayList<LabeledBox>();
        for (int i = 0; i < PARTS; i++) {
            var region = new Box(i % 2 == 0 ? 0 : x, i < 2 ? 0 : y, i % 2 == 0 ? x : width, i < 2 ? y : height);
            var part = part(four.get(i), region, i, random);
            copy(part.image(), image, region);
            if (mask != null) copy(part.mask().toImage(), mask.toImage(), region);
            for (var box : part.boxes()) boxes.add(box.at(box.box().shift(region.left(), region.top())));
        }
        return new Scene(image, boxes, mask);
    }

    /** A scene with the corner that all share, cut to its region. */
    private Scene part(Scene scene, Box region, int number, RandomGenerator random) {
        double factor = 0.5 + random.nextDouble() / 2;
        int h = Math.max((int) (height * factor), 1);
        int w = Math.max((int) (width * factor), 1);
        double fit = Math.min((double) h / scene.image().height(), (double) w / scene.image().width());
        var resize = new Resize(Math.max((int) Math.round(scene.image().height() * fit), 1),
                Math.max((int) Math.round(scene.image().width() * fit), 1));
        int rows = (int) region.height();
        int columns = (int) region.width();
        int top = number < 2 ? resize.height() - rows : 0;
        int left = number % 2 == 0 ? resize.width() - columns : 0;
        return new Resized(scene.image().height(), scene.image().width(), resize)
                .then(new Crop(top, left, rows, columns)).of(scene);
    }

    private static void copy(Image from, Image to, Box region) {
        int channels = to.channels();
        int row = from.width() * channels;
        for (int y = 0; y < from.height(); y++) {
            System.arraycopy(from.pixels(), y * row, to.pixels(),
                    (((int) region.top() + y) * to.width() + (int) region.left()) * channels, row);
        }
    }
}

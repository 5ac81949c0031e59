package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import dev.merapi.vision.transform.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Scenes that are composed: pictures of single things, pasted onto others, so that boxes and masks are known without
 * being drawn by hand (Dwibedi et al. 2017, "Cut, Paste and Learn", arXiv:1708.01642). Scene number i is the same each
 * time; in a loader, which brings its own generators, each epoch has new ones.
 *
 * <p>Masks count classes from 1, as 0 is what is behind.
 */
public final class CutPaste implements Dataset<Scene> {
    private static final int TRIES = 20;

    /**
     * A thing that can be pasted.
     *
     * @param alpha of one channel, 255 where the thing is, 0 where what is behind shows
     */
    public record CutOut(Image image, Image alpha, int label) {
        /** @throws IllegalArgumentException unless alpha has the picture's size and one channel, and shows something */
        public CutOut {
            Expect.that(alpha.channels() == 1 && alpha.height() == image.height() && alpha.width() == image.width(),
                    "CutOut.alpha", "one channel and the size of " + image, alpha);
            Expect.that(edges(alpha).area() > 0, "CutOut.alpha", "values above 127 somewhere", "none");
        }

        /** A thing on black, whose brightest pixels are not far from its edge: gray up to 40 is partly seen through. */
        public static CutOut onBlack(Image image, int label) {
            var alpha = image.toGray();
            var opaque = new Image(alpha.height(), alpha.width(), 1);
            for (int i = 0; i < opaque.pixels().length; i++) {
                opaque.pixels()[i] = (byte) Math.min((alpha.pixels()[i] & 0xFF) * 255 / 40, 255);
            }
            return new CutOut(image, opaque, label);
        }
    }

    /**
     * @param height of the scenes
     * @param width of the scenes
     * @param most things in a scene; from 1 to so many, all equally often
     * @param smallest longer side of a thing, as a part of the scene's shorter side
     * @param largest longer side of a thing, likewise
     * @param overlap part of a thing that another may cover
     */
    public record Config(int height, int width, int most, double smallest, double largest, double overlap) {
        public Config {
            Expect.atLeast("CutPaste.Config.height", 8, height);
            Expect.atLeast("CutPaste.Config.width", 8, width);
            Expect.atLeast("CutPaste.Config.most", 1, most);
            Expect.that(smallest > 0 && smallest <= largest && largest <= 1, "CutPaste.Config",
                    "sides from 0 to 1, the smallest first", smallest + " and " + largest);
            Expect.probability("CutPaste.Config.overlap", overlap);
        }
    }

    private final List<CutOut> things;
    private final List<Image> backgrounds;
    private final Config config;
    private final int size;
    private final long seed;

    /**
     * @param things are drawn with equal chance
     * @param backgrounds of which a part is drawn, as large as the scene or larger, and brought to its size
     * @param size number of scenes
     */
    public CutPaste(List<CutOut> things, List<Image> backgrounds, Config config, int size, long seed) {
        this.things = List.copyOf(things);
        this.backgrounds = List.copyOf(backgrounds);
        this.config = config;
        this.size = size;
        this.seed = seed;
        Expect.that(!things.isEmpty() && !backgrounds.isEmpty() && size > 0, "CutPaste",
                "things, backgrounds and a number of scenes", things.size() + ", " + backgrounds.size() + " and "
                        + size);
    }

    @Override public int size() { return size; }

    @Override public Scene get(int index) { return get(index, new SplittableRandom(seed + index)); }

    @Override public Scene get(int index, RandomGenerator random) {
        var scene = new Composition(background(random));
        for (int left = 1 + random.nextInt(config.most); left > 0; left--) {
            scene.paste(things.get(random.nextInt(things.size())), random);
        }
        return scene.finished();
    }

    /** A random part of a background. */
    private Image background(RandomGenerator random) {
        Image from = backgrounds.get(random.nextInt(backgrounds.size())).toRgb();
        double most = Math.min((double) from.height() / config.height, (double) from.width() / config.width);
        double zoom = most <= 1 ? most : 1 + random.nextDouble() * (most - 1);
        int h = Math.clamp(Math.round(config.height * zoom), 1, from.height());
        int w = Math.clamp(Math.round(config.width * zoom), 1, from.width());
        int top = random.nextInt(from.height() - h + 1);
        int left = random.nextInt(from.width() - w + 1);
        var part = new Image(h, w, 3);
        for (int y = 0; y < h; y++) {
            System.arraycopy(from.pixels(), ((top + y) * from.width() + left) * 3, part.pixels(), y * w * 3, w * 3);
        }
        return new Resize(config.height, config.width).apply(part, random);
    }

    /** The box around what is seen of a thing. */
    private static Box edges(Image alpha) {
        int left = alpha.width(), top = alpha.height(), right = 0, bottom = 0;
        for (int y = 0; y < alpha.height(); y++) {
            for (int x = 0; x < alpha.width(); x++) {
                if (alpha.at(y, x, 0) < 128) continue;
                left = Math.min(left, x);
                top = Math.min(top, y);
                right = Math.max(right, x + 1);
                bottom = Math.max(bottom, y + 1);
            }
        }
        return right > left ? new Box(left, top, right, bottom) : new Box(0, 0, 0, 0);
    }

    /** A scene under way. */
    private final class Composition {
        private final Image image;
        private final LabelMask mask;
        private final List<LabeledBox> boxes = new ArrayList<>();

        Composition(Image image) {
            this.image = image;
            mask = new LabelMask(image.height(), image.width());
        }

        /** Where it covers none of the others too much; nowhere, if no such place is found. */
        void paste(CutOut thing, RandomGenerator random) {
            double side = config.smallest + random.nextDouble() * (config.largest - config.smallest);
            Box known = edges(thing.alpha);
            double factor = side * Math.min(image.height(), image.width()) / Math.max(known.width(), known.height());
            var resize = new Resize(Math.max((int) Math.round(thing.image.height() * factor), 1),
                    Math.max((int) Math.round(thing.image.width() * factor), 1));
            Image alpha = resize.apply(thing.alpha, random);
            Box seen = edges(alpha);
            if (seen.area() == 0) return;
            Image picture = resize.apply(thing.image.toRgb(), random);
            for (int i = 0; i < TRIES; i++) {
                int left = (int) (random.nextDouble() * (image.width() - seen.width() + 1) - seen.left());
                int top = (int) (random.nextDouble() * (image.height() - seen.height() + 1) - seen.top());
                Box box = seen.shift(left, top).clip(image.height(), image.width());
                if (boxes.stream().anyMatch(other -> covers(box, other.box()))) continue;
                blend(picture, alpha, top, left, thing.label + 1);
                boxes.add(new LabeledBox(box, thing.label));
                return;
            }
        }

        private boolean covers(Box box, Box other) {
            return box.intersection(other) > config.overlap * Math.min(box.area(), other.area());
        }

        private void blend(Image picture, Image alpha, int top, int left, int label) {
            for (int y = Math.max(-top, 0); y < picture.height() && top + y < image.height(); y++) {
                for (int x = Math.max(-left, 0); x < picture.width() && left + x < image.width(); x++) {
                    int a = alpha.at(y, x, 0);
                    int at = (top + y) * image.width() + left + x;
                    if (a >= 128) mask.classes()[at] = (byte) label;
                    for (int c = 0; c < 3; c++) {
                        int behind = image.pixels()[3 * at + c] & 0xFF;
                        image.pixels()[3 * at + c] = (byte) ((a * picture.at(y, x, c) + (255 - a) * behind) / 255);
                    }
                }
            }
        }

        Scene finished() { return new Scene(image, boxes, mask); }
    }
}

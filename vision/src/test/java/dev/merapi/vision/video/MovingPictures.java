package dev.merapi.vision.video;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Clips that are composed, so that it is known what happens: real pictures of clothes move over a gray background. */
public final class MovingPictures {
    private static final int SPRITE = 28;

    private MovingPictures() {}

    /** A thing on its way; it is drawn into the pictures from {@code from} on, and turns back at the edges. */
    public static final class Thing {
        private final Image sprite;
        private double x;
        private double y;
        private double dx;
        private double dy;

        public Thing(int sprite, double x, double y, double dx, double dy) {
            this.sprite = FashionMnist.subset().test().get(sprite).image();
            this.x = x;
            this.y = y;
            this.dx = dx;
            this.dy = dy;
        }

        public Box box() { return Box.ofSize(Math.round(x), Math.round(y), SPRITE, SPRITE); }

        void move(int height, int width) {
            if (x + dx < 0 || x + dx > width - SPRITE) dx = -dx;
            if (y + dy < 0 || y + dy > height - SPRITE) dy = -dy;
            x += dx;
            y += dy;
        }
    }

    /** One picture with all things where they are. */
    static Image draw(List<Thing> things, int height, int width) {
        var pixels = new byte[3 * height * width];
        Arrays.fill(pixels, (byte) 30);
        for (Thing thing : things) {
            int left = (int) Math.round(thing.x), top = (int) Math.round(thing.y);
            for (int r = 0; r < SPRITE; r++) {
                for (int c = 0; c < SPRITE; c++) {
                    int y = top + r, x = left + c, value = thing.sprite.at(r, c, 0);
                    if (y < 0 || x < 0 || y >= height || x >= width || value < 30) continue;
                    for (int channel = 0; channel < 3; channel++) pixels[3 * (y * width + x) + channel] = (byte) value;
                }
            }
        }
        return new Image(height, width, 3, pixels);
    }

    /** Pictures of things that move. */
    public static List<Image> pictures(List<Thing> things, int count, int height, int width) {
        var pictures = new ArrayList<Image>();
        for (int i = 0; i < count; i++) {
            pictures.add(draw(things, height, width));
            things.forEach(thing -> thing.move(height, width));
        }
        return pictures;
    }

    /** Writes a video. */
    public static Path write(Path file, List<Image> pictures, double framesPerSecond) {
        Image first = pictures.getFirst();
        try (var out = VideoWriter.create(file, first.width(), first.height(), framesPerSecond)) {
            pictures.forEach(out::write);
            out.finish();
        }
        return file;
    }

    /** A piece of clothing that moves to one side, from a place and at a speed that are drawn; 64 pixels a side. */
    public static List<Image> to(String side, int count, RandomGenerator random) {
        double speed = 1 + random.nextDouble(), from = 18 + random.nextInt(-6, 7), across = random.nextInt(0, 37);
        var thing = switch (side) {
            case "left" -> new Thing(random.nextInt(1000), from, across, -speed, 0);
            case "right" -> new Thing(random.nextInt(1000), from, across, speed, 0);
            case "up" -> new Thing(random.nextInt(1000), across, from, 0, -speed);
            case "down" -> new Thing(random.nextInt(1000), across, from, 0, speed);
            default -> throw new IllegalArgumentException(side);
        };
        return pictures(new ArrayList<>(List.of(thing)), count, 64, 64);
    }
}

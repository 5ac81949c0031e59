package dev.merapi.vision.video;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * How a video becomes a model's input: so many pictures, so far apart, each as an {@link ImageProcessor} has it.
 * Training, evaluation and use share one, which lies in the folder of the run.
 *
 * @param images for each picture
 * @param frames pictures in a clip
 * @param framesPerSecond of them in a second of the video, whatever rate the file has; of a shorter video the last
 *     picture is repeated
 */
public record ClipProcessor(ImageProcessor images, int frames, double framesPerSecond) {
    private static final String FILE = "clip_config.json";

    /** @throws IllegalArgumentException for no frames, or a rate that is not above 0 */
    public ClipProcessor {
        Expect.atLeast("frames", 1, frames);
        Expect.positive("frames_per_second", framesPerSecond);
    }

    /** The clip in the middle of a video; throws as {@link Video#open} and {@link Video#seek}. */
    public VideoClip middle(Path video) {
        try (var opened = Video.open(video)) {
            return read(opened, Math.max((opened.seconds() - length()) / 2, 0));
        }
    }

    /** A clip that begins anywhere; throws as {@link #middle}. */
    public VideoClip any(Path video, RandomGenerator random) {
        try (var opened = Video.open(video)) {
            return read(opened, random.nextDouble() * Math.max(opened.seconds() - length(), 0));
        }
    }

    /** In seconds. */
    private double length() { return frames / framesPerSecond; }

    private VideoClip read(Video video, double start) {
        if (start > 0) video.seek(start);
        var clip = new ArrayList<Image>();
        VideoFrame shown = null;
        for (VideoFrame next : video) {
            if (shown != null) add(clip, shown, start, next.seconds());
            if (clip.size() == frames) return new VideoClip(clip);
            shown = next;
        }
        if (shown == null) throw new IllegalArgumentException(video + ": expected pictures. Received none.");
        add(clip, shown, start, Double.POSITIVE_INFINITY);
        return new VideoClip(clip);
    }

    /** Adds a picture as often as the clip's clock ticks until the next one is shown. */
    private void add(List<Image> clip, VideoFrame shown, double start, double next) {
        Image fitted = null;
        while (clip.size() < frames && start + clip.size() / framesPerSecond < next - 1e-6) {
            if (fitted == null) fitted = images.fit(shown.image());
            clip.add(fitted);
        }
    }

    /**
     * Changes a clip at random, all its pictures in the same way: each draws from a generator that begins alike.
     */
    public static VideoClip augment(VideoClip clip, Transform transform, RandomGenerator random) {
        long seed = random.nextLong();
        return new VideoClip(clip.images().stream()
                .map(image -> transform.apply(image, new SplittableRandom(seed))).toList());
    }

    /** Clips as a model's input (N, C, T, size, size). */
    public Tensor batch(List<VideoClip> clips) {
        var pictures = clips.stream().flatMap(clip -> clip.images().stream()).toList();
        return images.normalize().batch(pictures).unflatten(0, clips.size(), frames).transpose(1, 2).contiguous();
    }

    /** Writes {@code clip_config.json} and {@code preprocessor_config.json}. */
    public void save(Path folder) {
        images.save(folder);
        ModelFolder.writeConfig(new Config(frames, framesPerSecond), folder.resolve(FILE));
    }

    /** Whether {@link #save} wrote to a folder. */
    public static boolean isIn(Path folder) { return Files.exists(folder.resolve(FILE)); }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IllegalArgumentException if there is none, or it is damaged
     */
    public static ClipProcessor open(Path folder) {
        Path file = folder.resolve(FILE);
        if (!isIn(folder)) {
            throw new IllegalArgumentException(folder + ": expected the run of a recipe for videos, with " + FILE
                    + " in it. Received none.");
        }
        var config = ModelFolder.read(file, Config.class);
        try {
            return new ClipProcessor(ImageProcessor.open(folder), config.frames, config.framesPerSecond);
        } catch (IllegalArgumentException e) {
            boolean named = e.getMessage().startsWith(folder.toString());
            throw named ? e : new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The file. */
    private record Config(int frames, double framesPerSecond) {}
}

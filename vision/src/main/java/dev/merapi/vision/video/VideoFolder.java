package dev.merapi.vision.video;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.transform.Transform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Video files with their classes, which stay on disk: a clip of each is read when it is asked for, by the loader's
 * workers.
 *
 * <pre>
 * gestures/wave/1.mp4    gestures/wave/2.mkv    gestures/point/7.mp4
 * </pre>
 *
 * @param classes names, in the order of the labels, which is that of the names
 * @param files their videos
 * @param labels a class for each file
 */
public record VideoFolder(List<String> classes, List<Path> files, List<Integer> labels) {
    private static final Set<String> EXTENSIONS = Set.of("mp4", "mov", "mkv", "avi", "webm", "mpg", "mpeg", "m4v",
            "ogv", "gif");

    /** Those to learn from, and those to test with. */
    public record Split(VideoFolder train, VideoFolder test) {}

    public VideoFolder {
        classes = List.copyOf(classes);
        files = List.copyOf(files);
        labels = List.copyOf(labels);
    }

    /** The names of the folders in {@code root} or, where there is one, in {@code root/train}. */
    public static List<String> classes(Path root) {
        Path train = root.resolve("train");
        return subfolders(Files.isDirectory(train) ? train : root);
    }

    /**
     * {@code root/train} and {@code root/test} or, where these are not, each class's files in {@code root} divided.
     *
     * @param classes that the folders may be named as
     * @param testFraction of each class's files, rounded; one at least. Which they are follows from the seed and the
     *     files' names below {@code root} alone.
     * @throws IllegalArgumentException if a folder is not among the classes, or a class has no video or, where they are
     *     divided, a single one
     */
    public static Split split(Path root, List<String> classes, double testFraction, long seed) {
        if (Files.isDirectory(root.resolve("train"))) {
            return new Split(read(root.resolve("train"), classes), read(root.resolve("test"), classes));
        }
        var all = read(root, classes);
        var train = new ArrayList<Integer>();
        var test = new ArrayList<Integer>();
        for (int label = 0; label < classes.size(); label++) {
            int of = label;
            var members = IntStream.range(0, all.files.size()).filter(i -> all.labels.get(i) == of).boxed()
                    .sorted(Comparator.comparing(i -> hash(root.relativize(all.files.get(i)), seed))).toList();
            if (members.isEmpty()) continue; // a class that this data has none of
            if (members.size() == 1) {
                throw new IllegalArgumentException(root.resolve(classes.get(of)) + ": expected two videos, one to train"
                        + " on and one to test on. Received one.");
            }
            int tested = Math.clamp(Math.round(testFraction * members.size()), 1, members.size() - 1);
            test.addAll(members.subList(0, tested));
            train.addAll(members.subList(tested, members.size()));
        }
        return new Split(all.chosen(train), all.chosen(test));
    }

    private static UUID hash(Path name, long seed) {
        String key = seed + " " + name.toString().replace(File.separatorChar, '/');
        return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)); // MD5's
    }

    private static VideoFolder read(Path root, List<String> classes) {
        var files = new ArrayList<Path>();
        var labels = new ArrayList<Integer>();
        for (String name : subfolders(root)) {
            int label = classes.indexOf(name);
            if (label < 0) {
                throw new IllegalArgumentException(root.resolve(name) + ": expected a folder named as one of the"
                        + " classes " + classes + ". Received " + name);
            }
            var videos = videos(root.resolve(name));
            files.addAll(videos);
            videos.forEach(_ -> labels.add(label));
        }
        return new VideoFolder(classes, files, labels);
    }

    private VideoFolder chosen(List<Integer> indices) {
        var sorted = indices.stream().sorted().toList();
        return new VideoFolder(classes, sorted.stream().map(files::get).toList(),
                sorted.stream().map(labels::get).toList());
    }

    /**
     * Training batches: x (N, C, T, H, W) float32 and y (N) int64. Each video gives one clip, which begins anywhere in
     * it; its pictures are changed alike. Order, beginnings and changes follow from the seed and the epoch.
     */
    public Loader<Batch> train(ClipProcessor processor, Transform augment, int batchSize, long seed) {
        return Loader.of(new Clips(this, processor, augment), batchSize).shuffle(seed).joinSingle();
    }

    /** Test batches: the clip in the middle of each video, in the files' order. */
    public Loader<Batch> test(ClipProcessor processor, int batchSize) {
        return Loader.of(new Clips(this, processor, null), batchSize);
    }

    /**
     * Clips as tensors.
     *
     * @param augment null: those in the middle, as they are
     */
    private record Clips(VideoFolder videos, ClipProcessor processor, Transform augment) implements Dataset<Batch> {
        @Override public int size() { return videos.files.size(); }

        @Override public Batch get(int index) {
            var batch = batch(List.of(processor.middle(videos.files.get(index))), index);
            return new Batch(batch.x().select(0, 0), batch.y().select(0, 0));
        }

        @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
            return batch(IntStream.range(0, indices.length)
                    .mapToObj(i -> clip(videos.files.get(indices[i]), randoms[i])).toList(), indices);
        }

        private VideoClip clip(Path file, RandomGenerator random) {
            if (augment == null) return processor.middle(file);
            return ClipProcessor.augment(processor.any(file, random), augment, random);
        }

        private Batch batch(List<VideoClip> clips, int... indices) {
            long[] labels = Arrays.stream(indices).mapToLong(videos.labels::get).toArray();
            return new Batch(processor.batch(clips), Tensor.of(labels));
        }
    }

    private static List<String> subfolders(Path root) {
        try (var entries = Files.list(root)) {
            var names = entries.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith(".")).sorted().toList();
            if (!names.isEmpty()) return names;
            throw new IllegalArgumentException(root + ": expected a folder for each class, with videos in it. Received"
                    + " none.");
        } catch (IOException e) {
            throw FileErrors.reading(root, e);
        }
    }

    private static List<Path> videos(Path folder) {
        try (var files = Files.walk(folder)) {
            var videos = files.filter(VideoFolder::isVideo).sorted().toList();
            if (!videos.isEmpty()) return videos;
            throw new IllegalArgumentException(folder + ": expected videos (" + String.join(", ",
                    EXTENSIONS.stream().sorted().toList()) + "). Received none; add some, or remove the folder.");
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    private static boolean isVideo(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1))
                && Files.isRegularFile(file);
    }
}

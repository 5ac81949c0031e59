package dev.merapi.vision.video;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.data.ClassFiles;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
 * @param of the files
 */
public record VideoFolder(ClassFiles of) {
    private static final ClassFiles.Kind KIND = new ClassFiles.Kind("video",
            Set.of("mp4", "mov", "mkv", "avi", "webm", "mpg", "mpeg", "m4v", "ogv", "gif"), Video::expectWhole);

    /**
     * Those to learn from, and those to test with.
     *
     * @param skipped what is wrong with those that were left out, each with its file
     */
    public record Split(VideoFolder train, VideoFolder test, List<String> skipped) {}

    /** The names of the folders in {@code root} or, where there is one, in {@code root/train} or {@code root/test}. */
    public static List<String> classes(Path root) { return ClassFiles.classes(root, KIND); }

    /** As {@link #split(Path, List, double, long, OnError)}, where a video that cannot be read ends the training. */
    public static Split split(Path root, List<String> classes, double testFraction, long seed) {
        return split(root, classes, testFraction, seed, OnError.FAIL);
    }

    /**
     * {@code root/train} and {@code root/test} or, where there is neither, each class's files in {@code root} divided.
     * With {@code root/test} alone there is nothing to train on.
     *
     * @param classes that the folders may be named as
     * @param testFraction of each class's files, rounded; one at least, if there are two. Which they are follows from
     *     the seed and the files' names below {@code root} alone.
     * @param onError with {@link OnError#SKIP} every video is read to its end at the start
     * @throws IllegalArgumentException if a folder is not among the classes, or has no video that can be read
     */
    public static Split split(Path root, List<String> classes, double testFraction, long seed, OnError onError) {
        var files = ClassFiles.split(root, classes, KIND, testFraction, seed, onError);
        return new Split(new VideoFolder(files.train()), new VideoFolder(files.test()), files.skipped());
    }

    /** The videos. */
    public List<Path> files() { return of.files(); }

    /** A class for each of {@link #files}. */
    public List<Integer> labels() { return of.labels(); }

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
        @Override public int size() { return videos.files().size(); }

        @Override public Batch get(int index) {
            var batch = batch(List.of(processor.middle(videos.files().get(index))), index);
            return new Batch(batch.x().select(0, 0), batch.y().select(0, 0));
        }

        @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
            return batch(IntStream.range(0, indices.length)
                    .mapToObj(i -> clip(videos.files().get(indices[i]), randoms[i])).toList(), indices);
        }

        private VideoClip clip(Path file, RandomGenerator random) {
            if (augment == null) return processor.middle(file);
            return ClipProcessor.augment(processor.any(file, random), augment, random);
        }

        private Batch batch(List<VideoClip> clips, int... indices) {
            long[] labels = Arrays.stream(indices).mapToLong(videos.labels()::get).toArray();
            return new Batch(processor.batch(clips), Tensor.of(labels));
        }
    }
}

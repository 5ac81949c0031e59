package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.LabeledImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Labelled images whose classes to test with are others than those to train on: for models that shall tell whether two
 * pictures show the same, of things that they have never seen.
 *
 * @param classes names of the classes to train on, in the order of their labels
 * @param train images to learn from
 * @param labels the class of each of them
 * @param test images to measure with; their labels count classes of their own
 * @param skipped what is wrong with those that were left out, each with its file
 */
public record OpenSet(List<String> classes, Dataset<LabeledImage> train, int[] labels, Dataset<LabeledImage> test,
        List<String> skipped) {
    private static final int HELD_OUT = 3; // of Fashion-MNIST's ten

    /** @throws IllegalArgumentException if there are not two classes to learn from */
    public OpenSet {
        classes = List.copyOf(classes);
        labels = labels.clone();
        skipped = List.copyOf(skipped);
        Expect.that(classes.size() >= 2, "data", "two classes to train on, or more", classes);
    }

    @Override public int[] labels() { return labels.clone(); }

    /**
     * {@code root/train} and {@code root/test}, each with a folder for each class, or the classes of {@code root}
     * divided into some to train on and others to test on.
     *
     * @param testFraction of the classes, rounded, one at least. Which they are follows from the seed and the names
     * @param onError with {@link OnError#SKIP} every image is decoded at the start, and {@link #skipped} says what was
     *     left out
     */
    public static OpenSet of(Path root, double testFraction, long seed, OnError onError) {
        if (Files.isDirectory(root.resolve("train")) && Files.isDirectory(root.resolve("test"))) {
            var train = new ImageFolder(root.resolve("train"), onError);
            var test = new ImageFolder(root.resolve("test"), onError);
            var skipped = Stream.of(train, test).flatMap(part -> part.skipped().stream()).toList();
            return new OpenSet(train.classes(), train, train.labels(), test, skipped);
        }
        var all = new ImageFolder(root, onError);
        long count = Math.max(Math.round(testFraction * all.classes().size()), 1);
        var held = all.classes().stream().sorted(Comparator.comparing(name -> ClassFiles.hash(Path.of(name), seed)))
                .limit(count).collect(Collectors.toSet());
        return split(all.classes(), all, all.labels(), all, all.labels(), held, all.skipped());
    }

    /**
     * Fashion-MNIST's subset that comes with the library: sneakers, bags and ankle boots are held out. Of these, the
     * test set's images are measured with.
     */
    public static OpenSet fashion() {
        var all = FashionMnist.subset();
        var held = Set.copyOf(FashionMnist.CLASSES.subList(10 - HELD_OUT, 10));
        return split(all.classes(), all.train(), labels(all.train()), all.test(), labels(all.test()), held, List.of());
    }

    private static int[] labels(Dataset<LabeledImage> images) {
        return IntStream.range(0, images.size()).map(i -> images.get(i).label()).toArray();
    }

    private static OpenSet split(List<String> names, Dataset<LabeledImage> train, int[] trainLabels,
            Dataset<LabeledImage> test, int[] testLabels, Set<String> held, List<String> skipped) {
        var learnt = new ArrayList<>(names);
        learnt.removeAll(held);
        int[] kept = positions(trainLabels, names, name -> !held.contains(name));
        int[] asked = positions(testLabels, names, held::contains);
        var renamed = train.subset(kept).map(image -> new LabeledImage(image.image(),
                learnt.indexOf(names.get(image.label()))));
        int[] labels = IntStream.of(kept).map(i -> learnt.indexOf(names.get(trainLabels[i]))).toArray();
        return new OpenSet(learnt, renamed, labels, test.subset(asked), skipped);
    }

    private static int[] positions(int[] labels, List<String> names, Predicate<String> wanted) {
        return IntStream.range(0, labels.length).filter(i -> wanted.test(names.get(labels[i]))).toArray();
    }
}

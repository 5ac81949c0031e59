package dev.merapi.vision.convert;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Provenance;
import dev.merapi.io.Safetensors;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ResNet-34 that dlib's author trained on ImageNet, {@code resnet34_1000_imagenet_classifier.dnn}, as a model
 * folder: a {@link dev.merapi.vision.model.DlibResNet}.
 *
 * <pre>{@code
 * DlibCheckpoint.convert(Path.of("resnet34_1000_imagenet_classifier.dnn"), Path.of("resnet34-imagenet"));
 * }</pre>
 */
public final class DlibCheckpoint {
    private static final double SCALE = 256; // what dlib divides pixels by
    private static final int[] BLOCKS = {3, 4, 6, 3};

    private final DlibFile file;
    private final Path path;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private int next; // step

    private DlibCheckpoint(Path path) {
        this.path = path;
        this.file = DlibFile.open(path);
    }

    /**
     * Writes {@code config.json}, {@code model.safetensors} and {@code preprocessor_config.json}. Of two classes with
     * one name, the second gets a number.
     *
     * @throws java.io.UncheckedIOException if a file cannot be read or written
     * @throws IllegalArgumentException if the file is damaged, or holds another network
     */
    public static void convert(Path file, Path folder) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            new DlibCheckpoint(file).convert(folder);
        }
    }

    private void convert(Path folder) {
        normed("conv1", "bn1", 3, 64, 7);
        take("max_pool");
        int in = 64;
        for (int stage = 0; stage < BLOCKS.length; stage++) {
            int width = 64 << stage;
            for (int block = 0; block < BLOCKS[stage]; block++) {
                String name = "layer" + (stage + 1) + "." + block + ".";
                normed(name + "conv1", name + "bn1", in, width, 3);
                convolution(name + "conv2", name + "bn2", width, width, 3);
                if (in != width) take("avg_pool");
                take("add_prev");
                take("relu");
                in = width;
            }
        }
        take("avg_pool");
        int classes = file.labels().size();
        var fc = take("fc");
        Tensor params = params(fc, 512L * classes + classes);
        tensors.put("fc.weight", params.narrow(0, 0, 512L * classes).view(512, classes).mT().contiguous());
        tensors.put("fc.bias", params.narrow(0, 512L * classes, classes));
        Safetensors.write(folder.resolve("model.safetensors"), tensors, Provenance.of(null, null, null).metadata());
        processor().save(folder);
        ModelFolder.writeConfig(new LinkedHashMap<>(Map.of("architecture", "dlib_resnet34", "num_classes", classes)),
                folder.resolve("config.json"));
    }

    private ImageProcessor processor() {
        var mean = Arrays.stream(file.means()).mapToObj(m -> m / 255).toList();
        double std = SCALE / 255;
        return new ImageProcessor(file.size(), new Normalize(mean, List.of(std, std, std)),
                ImageProcessor.numbered(file.labels()));
    }

    private void normed(String conv, String norm, int in, int out, int kernel) {
        convolution(conv, norm, in, out, kernel);
        take("relu");
    }

    /** The convolution's bias becomes a part of what the norm adds. */
    private void convolution(String conv, String norm, int in, int out, int kernel) {
        long count = (long) out * in * kernel * kernel;
        Tensor params = params(take("con"), count + out), factors = params(take("affine"), 2L * out);
        Tensor factor = factors.narrow(0, 0, out);
        tensors.put(conv + ".weight", params.narrow(0, 0, count).view(out, in, kernel, kernel));
        tensors.put(norm + ".weight", factor);
        tensors.put(norm + ".bias", factors.narrow(0, out, out).add(factor.mul(params.narrow(0, count, out))));
    }

    private DlibFile.Step take(String kind) {
        var step = next < file.steps().size() ? file.steps().get(next++) : null;
        if (step != null && step.kind().equals(kind)) return step;
        throw new IllegalArgumentException(path + ": expected dlib's ResNet-34, with a layer " + kind + " as number "
                + next + ". Received " + (step == null ? "none" : step.kind()) + ".");
    }

    private Tensor params(DlibFile.Step step, long count) {
        if (step.count() == count) return file.params(step);
        throw new IllegalArgumentException(path + ": expected dlib's ResNet-34, whose layer " + next + ", "
                + step.kind() + ", has " + count + " parameters. Received " + step.count() + ".");
    }
}

package dev.merapi.vision.convert;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that the dlib library saved: its layers in the order in which they run, and the names of its classes. It
 * reads the kinds of layers that classifiers of images have.
 *
 * @see <a href="https://github.com/davisking/dlib/blob/v19.24/dlib/dnn/core.h">the format</a>
 */
final class DlibFile {
    private static final int LONGEST = 1 << 10; // bytes of a name
    private static final int MOST_CLASSES = 1 << 20;

    private final Path path;
    private final MemorySegment bytes;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private double[] means;
    private int size;
    private long at;

    /**
     * A layer.
     *
     * @param kind dlib's name for it, without the number of its format
     * @param sizes of a convolution or pooling: filters, height, width, vertical and horizontal stride and padding; of
     *     an affine map: outputs and inputs
     * @param params the place of its parameters in the file, or -1
     * @param count how many numbers they are
     */
    record Step(String kind, List<Long> sizes, long params, long count) {}

    private DlibFile(Path path) {
        this.path = path;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw FileErrors.reading(path, e);
        }
        try {
            read();
        } catch (IndexOutOfBoundsException e) {
            throw wrong("it is cut short");
        }
    }

    /**
     * @throws java.io.UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is damaged, or holds another kind of network
     */
    static DlibFile open(Path path) { return new DlibFile(path); }

    List<Step> steps() { return steps; }

    List<String> labels() { return labels; }

    /** Of red, green and blue, what is taken from pixels of 0 to 255 before they are divided by 256. */
    double[] means() { return means; }

    /** The side of the square that it sees. */
    int size() { return size; }

    /** The file is the network from its end to its beginning, a version for each part, and then back again. */
    private void read() {
        expect(number() == 1 && text(number()).equals("loss_multiclass_log_"), "a classifier");
        long next = number(), version = 0;
        while (next >= 1 && next <= 3) {
            version = next;
            next = number();
        }
        expect(text(next).equals("input_rgb_image_sized"), "an input of RGB images of one size");
        means = new double[] {real(), real(), real()};
        long height = number(), width = number();
        expect(height == width && height >= 1 && height <= 1 << 14, "a square");
        size = (int) height;
        while (true) {
            String kind = text(number());
            steps.add(step(kind));
            for (int i = 0; i < 3; i++) flag();
            while (peek() == 2) tensor(); // gradients and the last result, empty as a rule
            if (kind.startsWith("fc_")) break;
            if (steps.size() == 1 && version == 3) number(); // how many samples an image becomes
        }
        long classes = number();
        expect(classes >= 0 && classes <= MOST_CLASSES, "up to " + MOST_CLASSES + " names of classes");
        for (long i = 0; i < classes; i++) labels.add(text(number()));
    }

    private Step step(String kind) {
        return switch (kind) {
            case "con_4", "con_5" -> {
                long[] params = tensor();
                var sizes = numbers(7);
                skipAlias();
                skipAlias();
                for (int i = 0; i < 4; i++) real();
                if (kind.equals("con_5")) flag();
                yield new Step("con", sizes, params[0], params[1]);
            }
            case "affine_", "affine_2" -> {
                long[] params = tensor();
                skipAlias();
                skipAlias();
                number();
                if (kind.equals("affine_2")) flag();
                yield new Step("affine", List.of(), params[0], params[1]);
            }
            case "fc_2", "fc_3" -> {
                var sizes = numbers(2);
                long[] params = tensor();
                skipAlias();
                skipAlias();
                number();
                for (int i = 0; i < 4; i++) real();
                if (kind.equals("fc_3")) flag();
                yield new Step("fc", sizes, params[0], params[1]);
            }
            case "max_pool_2", "avg_pool_2" -> new Step(kind.substring(0, 8), numbers(6), -1, 0);
            case "relu_2" -> {
                flag();
                yield new Step("relu", List.of(), -1, 0);
            }
            case "relu_", "add_prev_" -> new Step(kind.substring(0, kind.length() - 1), List.of(), -1, 0);
            default -> throw wrong("expected convolutions, affine maps, pooling, ReLU and sums. Received a layer "
                    + kind);
        };
    }

    /** A step's parameters as one tensor, in the innermost scope. */
    Tensor params(Step step) {
        var tensor = Tensor.empty(DType.FLOAT32, step.count);
        tensor.segment().copyFrom(bytes.asSlice(step.params, 4 * step.count));
        return tensor;
    }

    private List<Long> numbers(int count) {
        var numbers = new ArrayList<Long>();
        for (int i = 0; i < count; i++) numbers.add(number());
        return numbers;
    }

    /** Passes over a tensor; its place and how many numbers it has. */
    private long[] tensor() {
        expect(number() == 2, "a tensor");
        double count = 1;
        for (long size : numbers(4)) {
            expect(size >= 0, "sizes of at least 0");
            count *= size;
        }
        expect(count <= (bytes.byteSize() - at) / 4.0, "the numbers of a tensor");
        at += 4 * (long) count;
        return new long[] {at - 4 * (long) count, (long) count};
    }

    private void skipAlias() {
        expect(number() == 1, "a part of a tensor");
        numbers(4);
    }

    private int octet() { return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at++)); }

    private boolean flag() {
        int flag = octet();
        expect(flag == '0' || flag == '1', "a truth value");
        return flag == '1';
    }

    private long peek() {
        long before = at, next = number();
        at = before;
        return next;
    }

    /** The sign and the count of bytes in one, and the bytes, lowest first. */
    private long number() {
        int head = octet(), count = head & 0x0F;
        expect(count <= 8 && (head & 0x70) == 0, "a number");
        long value = 0;
        for (int i = 0; i < count; i++) value |= (long) octet() << 8 * i;
        return (head & 0x80) == 0 ? value : -value;
    }

    /** A whole number times a power of 2. */
    private double real() {
        long mantissa = number();
        return Math.scalb((double) mantissa, Math.clamp(number(), -2000, 2000));
    }

    private String text(long length) {
        expect(length >= 0 && length <= LONGEST, "a text of at most " + LONGEST + " bytes");
        at += length;
        return new String(bytes.asSlice(at - length, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private void expect(boolean holds, String what) {
        if (!holds) throw wrong("expected " + what + " before byte " + at + ". Received something else");
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(path + ": not a network for images that dlib saved: " + what + ".");
    }
}

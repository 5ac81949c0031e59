package dev.merapi.text.model.llama;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.llama.Frequencies.Rotation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * The frequencies of positions (Su et al. 2021, arXiv:2104.09864), as {@code rope_type} stretches them for texts longer
 * than the model first learnt from; equal to transformers'. D is the size of a head.
 */
@FunctionalInterface
interface Rope {
    /**
     * The frequencies by which the last of so many tokens is read. They depend on the length for {@code dynamic} and
     * {@code longrope} alone; keys that were kept while it was smaller stay as they were, as in transformers.
     */
    Frequencies of(long length);

    /**
     * The rotation of positions (T) or, for texts that begin apart, (B, T), int64, for tensors like another.
     *
     * @param length of the longest text, up to the last position
     */
    default Rotation at(Tensor positions, long length, Tensor like) {
        if (positions.rank() == 1) return of(length).at(positions, like);
        var rotations = positions.unbind(0).stream()
                .map(row -> of(row.select(0, -1).itemLong() + 1).at(row.unsqueeze(0), like)).toList();
        return new Rotation(Tensor.cat(rotations.stream().map(Rotation::cos).toList(), 0),
                Tensor.cat(rotations.stream().map(Rotation::sin).toList(), 0));
    }

    /**
     * The same for positions (T) of several texts, one behind the other.
     *
     * @param texts how many are of each
     */
    default Rotation at(Tensor positions, long[] texts, long length, Tensor like) {
        if (texts.length == 1) return at(positions, length, like);
        var rotations = new ArrayList<Rotation>();
        long from = 0;
        for (long steps : texts) {
            Tensor own = positions.narrow(0, from, steps);
            rotations.add(of(own.select(0, -1).itemLong() + 1).at(own, like));
            from += steps;
        }
        return new Rotation(Tensor.cat(rotations.stream().map(Rotation::cos).toList(), 0),
                Tensor.cat(rotations.stream().map(Rotation::sin).toList(), 0));
    }

    /** The same for every length. */
    record Fixed(Frequencies frequencies) implements Rope {
        @Override public Frequencies of(long length) { return frequencies; }

        @Override public Rotation at(Tensor positions, long length, Tensor like) {
            return frequencies.at(positions, like);
        }

        @Override public Rotation at(Tensor positions, long[] texts, long length, Tensor like) {
            return frequencies.at(positions, like);
        }
    }

    /**
     * @param size of a head, D
     * @param usualBase unless the scaling has one
     * @throws IllegalArgumentException for an unknown type, or a missing number
     */
    static Rope of(int size, double usualBase, RopeScaling s) {
        double base = s.number("rope_theta", usualBase);
        IntToDoubleFunction plain = i -> Math.pow(base, -2.0 * i / size);
        return switch (s.type()) {
            case "default" -> new Fixed(Frequencies.of(size, plain, 1));
            case "linear" -> new Fixed(Frequencies.of(size, i -> plain.applyAsDouble(i) / s.number("factor"), 1));
            case "llama3" -> new Fixed(Frequencies.of(size, i -> llama3(plain.applyAsDouble(i), s), 1));
            case "yarn" -> new Fixed(yarn(size, base, plain, s));
            case "longrope" -> longRope(size, plain, s);
            case "dynamic" -> dynamic(size, base, s);
            default -> throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected the rope_type default,"
                    + " linear, llama3, yarn, longrope or dynamic. Received " + s.type());
        };
    }

    /** Long waves are stretched, short ones stay, those between are mixed; as Llama 3.1's own code. */
    private static double llama3(double frequency, RopeScaling s) {
        double low = s.number("low_freq_factor");
        double high = s.number("high_freq_factor");
        double turns = s.original() * frequency / (2 * Math.PI);
        double kept = Math.clamp((turns - low) / (high - low), 0, 1);
        return mixed(frequency, s.number("factor"), kept);
    }

    /** The same by the number of the pair, with sharper attention. Peng et al. 2023, arXiv:2309.00071. */
    private static Frequencies yarn(int size, double base, IntToDoubleFunction plain, RopeScaling s) {
        double factor = s.stretch();
        double low = pair(s.number("beta_fast", 32), size, base, s);
        double high = pair(s.number("beta_slow", 1), size, base, s);
        boolean whole = !Boolean.FALSE.equals(s.numbers().get("truncate"));
        double from = Math.max(whole ? Math.floor(low) : low, 0);
        double to = Math.min(whole ? Math.ceil(high) : high, size - 1);
        double width = from == to ? 0.001 : to - from;
        double attention = s.number("attention_factor", sharpness(factor, s.number("mscale", 0),
                s.number("mscale_all_dim", 0)));
        return Frequencies.of(size,
                i -> mixed(plain.applyAsDouble(i), factor, 1 - Math.clamp((i - from) / width, 0, 1)), attention);
    }

    /** Which pair turns so often over the text that was learnt from. */
    private static double pair(double turns, int size, double base, RopeScaling s) {
        return size * Math.log(s.original() / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private static double sharpness(double factor, double scale, double scaleOfAll) {
        boolean both = scale != 0 && scaleOfAll != 0;
        return both ? growth(factor, scale) / growth(factor, scaleOfAll) : growth(factor, 1);
    }

    private static double growth(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private static double mixed(double frequency, double factor, double kept) {
        return (1 - kept) * frequency / factor + kept * frequency;
    }

    /** A factor for each pair, others for long texts. Ding et al. 2024, arXiv:2402.13753. */
    private static Rope longRope(int size, IntToDoubleFunction plain, RopeScaling s) {
        double factor = s.stretch();
        double attention = s.number("attention_factor",
                factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(s.original())));
        List<Double> near = s.list("short_factor", size / 2);
        List<Double> far = s.list("long_factor", size / 2);
        var brief = Frequencies.of(size, i -> plain.applyAsDouble(i) / near.get(i), attention);
        var wide = Frequencies.of(size, i -> plain.applyAsDouble(i) / far.get(i), attention);
        return length -> length > s.original() ? wide : brief;
    }

    /** The base grows with the text, once it is longer than the context. */
    private static Rope dynamic(int size, double base, RopeScaling s) {
        double factor = s.number("factor");
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected a dynamic factor of at least 1."
                    + " Received " + factor);
        }
        return length -> {
            double stretch = factor * Math.max(length, s.context()) / s.context() - (factor - 1);
            double grown = base * Math.pow(stretch, size / (size - 2.0));
            return Frequencies.of(size, i -> Math.pow(grown, -2.0 * i / size), 1);
        };
    }
}

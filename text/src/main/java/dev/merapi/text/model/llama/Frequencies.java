package dev.merapi.text.model.llama;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * By which angle a position turns each pair of a head's elements (Su et al. 2021, arXiv:2104.09864).
 *
 * @param perPosition radians for one position, of each of the D / 2 pairs
 */
record Frequencies(double[] perPosition) {
    /**
     * @param size of a head, D
     * @param scaling {@code rope_type} and its numbers, or null
     */
    static Frequencies of(int size, double base, Map<?, ?> scaling) {
        var angles = new double[size / 2];
        for (int i = 0; i < angles.length; i++) angles[i] = scaled(Math.pow(base, -2.0 * i / size), scaling);
        return new Frequencies(angles);
    }

    private static double scaled(double frequency, Map<?, ?> scaling) {
        if (scaling == null) return frequency;
        Object type = scaling.containsKey("rope_type") ? scaling.get("rope_type") : scaling.get("type");
        return switch (String.valueOf(type)) {
            case "default", "null" -> frequency;
            case "linear" -> frequency / number(scaling, "factor");
            case "llama3" -> llama3(frequency, scaling);
            default -> throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected the rope_type default,"
                    + " linear or llama3. Received " + type);
        };
    }

    /** Long waves are stretched, short ones stay, those between are mixed; as Llama 3.1's own code. */
    private static double llama3(double frequency, Map<?, ?> scaling) {
        double factor = number(scaling, "factor");
        double low = number(scaling, "low_freq_factor");
        double high = number(scaling, "high_freq_factor");
        double turns = number(scaling, "original_max_position_embeddings") * frequency / (2 * Math.PI);
        if (turns < low) return frequency / factor;
        if (turns > high) return frequency;
        double kept = (turns - low) / (high - low);
        return (1 - kept) * frequency / factor + kept * frequency;
    }

    private static double number(Map<?, ?> scaling, String key) {
        if (scaling.get(key) instanceof Number n) return n.doubleValue();
        throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected a number " + key + ". Received "
                + scaling.get(key));
    }

    /** Turns queries and keys of some positions. Shapes: cos and sin (T, D / 2) or (B, 1, T, D / 2). */
    record Turn(Tensor cos, Tensor sin) {
        /** x (B, H, T, D), whose pairs are (0, D / 2), (1, D / 2 + 1), … */
        Tensor apply(Tensor x) {
            List<Tensor> pair = x.chunk(2, -1);
            Tensor a = pair.get(0);
            Tensor b = pair.get(1);
            return Tensor.cat(List.of(a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))), -1);
        }
    }

    /** The turn of positions (T) or (B, T), int64, for tensors like another; computed in float64. */
    Turn at(Tensor positions, Tensor like) {
        Tensor frequencies = Tensor.of(perPosition, perPosition.length).to(positions.device());
        Tensor angles = positions.to(DType.FLOAT64).unsqueeze(-1).mul(frequencies); // (…, T, D / 2)
        Tensor shaped = positions.rank() == 2 ? angles.unsqueeze(1) : angles;
        return new Turn(shaped.cos().to(like.dtype()), shaped.sin().to(like.dtype()));
    }
}

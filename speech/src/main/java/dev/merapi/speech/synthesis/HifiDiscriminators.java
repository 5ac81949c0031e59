package dev.merapi.speech.synthesis;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.PaddingMode;
import dev.merapi.nn.PoolOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Tell recordings from what a {@link HifiGenerator} makes: some see each second, third, fifth, … sample together, as
 * voices are periodic, and some the whole, at three scales (Kong et al. 2020, arXiv:2010.05646, section 2.3).
 */
final class HifiDiscriminators extends Layer {
    private static final int[] PERIODS = {2, 3, 5, 7, 11};
    private static final int[] WIDTHS = {1, 4, 8, 16}; // times the first
    private static final double SLOPE = 0.1;
    private static final int SCALES = 3;

    /**
     * What one of them says.
     *
     * @param score 1 for a recording, 0 for what was made
     * @param features of its layers
     */
    record Opinion(Tensor score, List<Tensor> features) {}

    final List<List<Unary>> periods = new ArrayList<>();
    final List<List<Unary>> scales = new ArrayList<>();

    /** @param first width of the first layers, a multiple of 4; 32 in the paper */
    HifiDiscriminators(int first) {
        for (int i = 0; i < PERIODS.length; i++) periods.add(ofPeriod(first));
        for (int i = 0; i < SCALES; i++) scales.add(ofScale(first));
    }

    private static List<Unary> ofPeriod(int first) {
        var layers = new ArrayList<Unary>();
        int in = 1;
        for (int times : WIDTHS) {
            int width = first * times;
            layers.add(new Conv2d(in, width, 5, 1, ConvOptions.DEFAULT.stride(3, 1).padding(2, 0)));
            in = width;
        }
        layers.add(new Conv2d(in, 1, 3, 1, ConvOptions.DEFAULT.padding(1, 0)));
        return layers;
    }

    private static List<Unary> ofScale(int first) {
        var layers = new ArrayList<Unary>();
        int in = 1;
        for (int times : WIDTHS) {
            int width = first * times;
            layers.add(new Conv1d(in, width, 15, ConvOptions.DEFAULT.stride(in == 1 ? 1 : 4).padding(7)
                    .groups(in == 1 ? 1 : 4)));
            in = width;
        }
        layers.add(new Conv1d(in, 1, 3, 1, 1));
        return layers;
    }

    /** Of samples (B, 1, T). */
    List<Opinion> forward(Tensor samples) {
        var all = new ArrayList<Opinion>();
        for (int i = 0; i < PERIODS.length; i++) all.add(opinion(periods.get(i), folded(samples, PERIODS[i])));
        Tensor x = samples;
        for (var layers : scales) {
            all.add(opinion(layers, x));
            x = F.avgPool(x, List.of(4), PoolOptions.DEFAULT.stride(2).padding(2));
        }
        return all;
    }

    /** (B, 1, T / period, period). */
    private static Tensor folded(Tensor samples, int period) {
        long length = samples.size(2), fill = (period - length % period) % period;
        Tensor whole = fill == 0 ? samples : F.pad(samples, new long[] {0, fill}, PaddingMode.REFLECT);
        return whole.reshape(samples.size(0), 1, whole.size(2) / period, period);
    }

    private static Opinion opinion(List<Unary> layers, Tensor samples) {
        var features = new ArrayList<Tensor>();
        Tensor x = samples;
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).forward(x);
            if (i < layers.size() - 1) x = F.leakyRelu(x, SLOPE);
            features.add(x);
        }
        return new Opinion(x, features);
    }
}

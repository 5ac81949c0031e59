package dev.merapi.vision.detect;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A feature pyramid (Lin et al. 2016, arXiv:1612.03144): each map of a network learns from the coarser ones what is in
 * its place, and further maps of half the size follow the last. torchvision's names.
 *
 * <p>Maps (N, Cᵢ, Hᵢ, Wᵢ), the finest first, to maps (N, out, Hᵢ, Wᵢ).
 */
final class Fpn extends Layer {
    final List<Unary> innerBlocks = new ArrayList<>();
    final List<Unary> layerBlocks = new ArrayList<>();
    final Extra extraBlocks; // or null

    /** @param extra maps after the last of the network */
    Fpn(List<Integer> channels, int out, int extra) {
        for (int in : channels) {
            innerBlocks.add(new Sequential(conv(in, out, ConvOptions.DEFAULT, 1)));
            layerBlocks.add(new Sequential(conv(out, out, ConvOptions.SAME, 3)));
        }
        extraBlocks = extra > 0 ? new Extra(out, extra) : null;
    }

    List<Tensor> forward(List<Tensor> maps) {
        var out = new ArrayList<Tensor>();
        Tensor above = null;
        for (int i = maps.size() - 1; i >= 0; i--) {
            var inner = innerBlocks.get(i).forward(maps.get(i));
            if (above != null) inner = inner.add(F.upsampleNearest(above, inner.size(2), inner.size(3)));
            above = inner;
            out.addFirst(layerBlocks.get(i).forward(inner));
        }
        if (extraBlocks != null) extraBlocks.append(out);
        return out;
    }

    /** Maps of half the size each, as RetinaNet has them: {@code p6}, {@code p7}. */
    static final class Extra extends Layer {
        Unary p6;
        Unary p7; // or null

        Extra(int channels, int count) {
            var halving = ConvOptions.DEFAULT.stride(2).padding(1);
            p6 = conv(channels, channels, halving, 3);
            p7 = count > 1 ? conv(channels, channels, halving, 3) : null;
        }

        void append(List<Tensor> maps) {
            maps.add(p6.forward(maps.getLast()));
            if (p7 != null) maps.add(p7.forward(maps.getLast().relu()));
        }
    }

    private static Conv2d conv(int in, int out, ConvOptions options, int kernel) {
        double bound = Math.sqrt(3.0 / (in * kernel * kernel)); // of variance 1 / fan-in
        var conv = new Conv2d(in, out, kernel, options);
        Init.uniform(-bound, bound).apply(conv.params().get("weight"));
        Init.zeros().apply(conv.params().get("bias"));
        return conv;
    }
}

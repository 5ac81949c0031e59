package dev.merapi.speech.speaker;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution whose channels are parted into groups, each of which sees the one before (Gao et al. 2019, Res2Net,
 * arXiv:1904.01169), between two of one tap; then its channels are weighed by what the whole clip is like (Hu et al.
 * 2018, Squeeze-and-Excitation, arXiv:1709.01507). Shapes: x (N, C, T) to the same.
 */
final class SeRes2Block extends Layer implements Unary {
    private static final int GROUPS = 8;

    final Sequential in;
    final List<Sequential> parts = new ArrayList<>();
    final Sequential out;
    Unary squeeze;
    Unary excite;

    SeRes2Block(int channels, int dilation, int bottleneck) {
        Expect.that(channels % GROUPS == 0, "EcapaTdnn.channels", "a multiple of " + GROUPS, channels);
        int each = channels / GROUPS;
        in = EcapaTdnn.convolved(channels, channels, 1, 1);
        for (int i = 1; i < GROUPS; i++) parts.add(EcapaTdnn.convolved(each, each, 3, dilation));
        out = EcapaTdnn.convolved(channels, channels, 1, 1);
        squeeze = new Conv1d(channels, bottleneck, 1);
        excite = new Conv1d(bottleneck, channels, 1);
    }

    @Override public Tensor forward(Tensor x) {
        var groups = in.forward(x).chunk(GROUPS, 1);
        var heard = new ArrayList<>(List.of(groups.getFirst()));
        for (int i = 1; i < GROUPS; i++) {
            Tensor own = groups.get(i);
            heard.add(parts.get(i - 1).forward(i == 1 ? own : own.add(heard.getLast())));
        }
        Tensor y = out.forward(Tensor.cat(heard, 1));
        Tensor weights = excite.forward(squeeze.forward(y.mean(new long[] {2}, true)).relu()).sigmoid(); // (N, C, 1)
        return hooked(y.mul(weights).add(x), x);
    }
}

package dev.merapi.play.zero;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.play.game.GameSpec;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/**
 * What to play and who will win, of positions: a residual network with two heads, as AlphaZero's (Silver et al. 2018).
 * It has no normalisation, which costs a small network more time than its convolutions do; instead the last convolution
 * of each block begins at zero (Zhang, Dauphin and Ma 2019, Fixup, arXiv:1901.09321). Shapes: x (B, P, H, W).
 */
public final class PolicyValueNet extends Layer {
    private static final int POLICY_CHANNELS = 16, VALUE_CHANNELS = 8, VALUE_WIDTH = 64;

    final Conv2d stem;
    final List<Block> blocks = new ArrayList<>();
    final Conv2d policyConv;
    final Linear policy;
    final Conv2d valueConv;
    final Linear valueHidden;
    final Linear value;

    /** y = x + second(relu(first(x))). */
    static final class Block extends Layer {
        final Conv2d first;
        final Conv2d second;

        Block(int channels) {
            first = new Conv2d(channels, channels, 3, ConvOptions.DEFAULT.padding(1));
            second = new Conv2d(channels, channels, 3, ConvOptions.DEFAULT.padding(1));
            try (var _ = Torch.noGrad()) {
                second.params().values().forEach(Tensor::zero_);
            }
        }

        Tensor forward(Tensor x) { return x.add(second.forward(first.forward(x).relu())).relu(); }
    }

    /**
     * What the network says.
     *
     * @param policy logits (B, M)
     * @param value what who is to move will have (B), from -1 to 1
     */
    public record Answer(Tensor policy, Tensor value) {}

    public PolicyValueNet(GameSpec spec, int blocks, int channels) {
        stem = new Conv2d(spec.planes(), channels, 3, ConvOptions.DEFAULT.padding(1));
        for (int i = 0; i < blocks; i++) this.blocks.add(new Block(channels));
        policyConv = new Conv2d(channels, POLICY_CHANNELS, 1);
        policy = new Linear(POLICY_CHANNELS * spec.cells(), spec.moves());
        valueConv = new Conv2d(channels, VALUE_CHANNELS, 1);
        valueHidden = new Linear(VALUE_CHANNELS * spec.cells(), VALUE_WIDTH);
        value = new Linear(VALUE_WIDTH, 1);
    }

    public Answer forward(Tensor x) {
        Tensor y = stem.forward(x).relu(); // (B, C, H, W)
        for (var block : blocks) y = block.forward(y);
        Tensor moves = policy.forward(policyConv.forward(y).relu().flatten(1, -1)); // (B, M)
        Tensor hidden = valueHidden.forward(valueConv.forward(y).relu().flatten(1, -1)).relu();
        return new Answer(moves, value.forward(hidden).tanh().squeeze(1));
    }
}

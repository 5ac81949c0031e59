package dev.merapi.play.zero;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.play.game.GameSpec;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Torch;

/** The network that learns, and the best so far, which plays against itself and against others. */
final class ZeroModel extends Layer {
    final PolicyValueNet learner;
    final PolicyValueNet champion;
    final State promotions; // how often the learner has become the champion (1)

    ZeroModel(GameSpec spec, int blocks, int channels) {
        learner = new PolicyValueNet(spec, blocks, channels);
        champion = new PolicyValueNet(spec, blocks, channels);
        promotions = state(Init.zeros(), 1);
        champion.freeze(true);
        copy();
    }

    /** Makes the learner the champion. */
    void promote() {
        copy();
        promotions.add_(1);
    }

    private void copy() {
        var weights = learner.params();
        try (var _ = Torch.noGrad()) {
            champion.params().forEach((name, weight) -> weight.copy_(weights.get(name)));
        }
    }

    int promotionCount() { return (int) promotions.item(); }
}

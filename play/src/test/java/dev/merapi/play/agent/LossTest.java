package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Losses against the numbers of src/test/python/losses.py. */
class LossTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static Tensor row(double... values) { return Tensor.of(values); }

    @Test void ppo() {
        var moved = row(0.3, -0.4, 0.1, -0.05);
        assertEquals(-0.05726050824, Ppo.policyLoss(moved, row(1, -2, 0.5, 3), 0.2).item(), 1e-9);
        var values = row(1, 2, -1);
        var old = row(0.5, 2.1, 0);
        var returns = row(2, 1.5, -0.5);
        assertEquals(0.5, Ppo.valueLoss(values, old, returns, 0).item(), 1e-9);
        assertEquals(0.73, Ppo.valueLoss(values, old, returns, 0.2).item(), 1e-9);
    }

    @Test void generalisedAdvantages() {
        // time first, two environments; the first ends at step 1, the second is cut off at step 0
        var rollout = new Rollout(2, null, null, null, new double[] {1, 0.5, 2, -1, 0, 1},
                new boolean[] {false, true, true, false, false, false},
                new boolean[] {false, false, true, false, false, false}, null, null);
        var found = rollout.advantages(new float[] {0.2f, 0.4f, 0.1f, 0.3f, 0.5f, -0.2f}, new float[] {0.6f, 0.7f},
                new float[] {0, 0.9f, 0, 0, 0, 0}, 0.9, 0.8);
        float[] advantages = {2.258f, 0.91f, 1.9f, -0.1624f, 0.04f, 1.83f};
        assertArrayEquals(advantages, found.advantages(), 1e-5f);
        assertEquals(2.458, found.returns()[0], 1e-5);
    }

    @Test void aDistributionMovesToTheAtomsBesideIt() {
        var p = Tensor.of(new double[] {0.1, 0.2, 0.3, 0.3, 0.1, 0.5, 0, 0, 0.25, 0.25}, 2, 5);
        var z = Tensor.of(new double[] {0.7, 1.2, 1.7, 2.2, 2.7, 3, 3.5, 4, 4.5, 5}, 2, 5);
        assertArrayEquals(new double[] {0.03, 0.32, 0.52, 0.13, 0, 0, 0, 0, 0.5, 0.5},
                Dqn.projected(z, p, 0, 4).toDoubles(), 1e-9);
    }

    @Test void aSquashedNormalsDensity() {
        var noise = Tensor.of(new double[] {0.5, -1}, 1, 2);
        var log = Tensor.of(new double[] {-0.5, 0.2}, 1, 2);
        var u = Tensor.of(new double[] {0.3, -0.1}, 1, 2).add(log.exp().mul(noise));
        assertEquals(-0.42509361349, Sac.squashed(noise, log, u).item(), 1e-9);
        var far = Tensor.of(new double[] {30}, 1, 1); // where 1 − tanh² is 0 in floating point
        assertTrue(Double.isFinite(Sac.squashed(far, far.zerosLike(), far).item()));
    }

    @Test void returnsToGo() { assertEquals(List.of(3.0, 4.0, 4.0), Reinforce.toGo(List.of(1.0, 2.0, 4.0), 0.5)); }

    @Test void choicesUnderAMask() {
        var policy = StochasticPolicy.of(Space.Box.unbounded(2), new Space.MultiDiscrete(3, 2), List.of(4),
                Activation.TANH);
        var logits = Tensor.of(new float[][] {{1, 2, 0.5f, 0, 1}});
        var mask = Tensor.of(new float[][] {{1, 0, 1, 1, 1}});
        assertEquals(-2.28733867, policy.logProbability(logits, Tensor.of(new float[][] {{2, 0}}), mask).item(), 1e-5);
        assertEquals(1.24505042, policy.entropy(logits, mask).item(), 1e-5);
        var legal = new boolean[] {true, false, true, true, true};
        var counts = new int[3];
        var chance = new Chance(1);
        for (int i = 0; i < 4000; i++) counts[policy.sample(logits.toFloats(), 0, legal, chance)[0]]++;
        assertEquals(0, counts[1]);
        assertEquals(0.6225, counts[0] / 4000.0, 0.03); // 1 / (1 + e^−0.5)
        assertEquals("[0, 1]", Arrays.toString(policy.mode(logits.toFloats(), 0, legal)));
        policy.close();
    }

    @Test void aNormalPolicy() {
        var policy = StochasticPolicy.of(Space.Box.unbounded(2), Space.Box.of(-1, 1, 2), List.of(4), Activation.TANH);
        var parameters = Tensor.of(new float[][] {{0.5f, 0, 0.1f, 0.3f}});
        var action = Tensor.of(new float[][] {{0.7f, -0.2f}});
        assertEquals(-2.265227914, policy.logProbability(parameters, action, null).item(), 1e-5);
        assertEquals(3.237877076, policy.entropy(parameters, null).item(), 1e-5);
        assertArrayEquals(new float[] {1, -1}, policy.bounded(new float[] {3, -2}));
        policy.close();
    }

    @Test void noiseIsThereInTrainingAlone() {
        var layer = new NoisyLinear(3, 2);
        var x = Tensor.ones(4, 3);
        layer.eval();
        assertTrue(layer.forward(x).sameAs(layer.forward(x)));
        layer.train();
        assertTrue(!layer.forward(x).sameAs(layer.forward(x)));
        layer.forward(x).sum().backward();
        assertTrue(layer.params().values().stream().allMatch(p -> p.grad().abs().sum().item() > 0));
        layer.close();
    }
}

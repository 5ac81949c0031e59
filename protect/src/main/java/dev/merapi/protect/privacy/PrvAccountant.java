package dev.merapi.protect.privacy;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/**
 * Accounts by the distribution of the privacy loss: a step's is put on a grid, and the sum over steps follows by fast
 * Fourier transform. Errors of grid and ends are bounded and added, so that ε is an upper bound (Gopi, Lee and
 * Wutschitz 2021, arXiv:2106.02848). A sample may be taken away or added; the larger ε of the two is told, and never
 * more than {@link RdpAccountant}'s, which is a bound too.
 */
final class PrvAccountant {
    private static final double DELTA_ERROR = 1e-3; // of δ
    private static final double EPSILON_ERROR = 5e-3; // of ε
    private static final double WIDEST = 200; // an ε beyond which nobody asks for a tighter one
    private static final int MOST_POINTS = 1 << 24;

    private final List<Ledger.Phase> phases;
    private final double delta;
    private final double epsilonError;
    private final double mesh;
    private final int points; // even; the middle one is 0

    private PrvAccountant(List<Ledger.Phase> phases, double delta, double rdp) {
        this.phases = phases;
        this.delta = delta;
        double error = DELTA_ERROR * delta;
        long steps = phases.stream().mapToLong(Ledger.Phase::steps).sum();
        double end = RdpAccountant.epsilon(phases, error / 4);
        for (var phase : phases) {
            var one = List.of(new Ledger.Phase(phase.noise(), phase.rate(), 1));
            end = Math.max(end, RdpAccountant.epsilon(one, error / (8 * steps)));
        }
        end += 3;
        double root = Math.sqrt(steps / 2.0 * Math.log(12 / error));
        double finest = 2 * end / MOST_POINTS;
        mesh = Math.max(finest, EPSILON_ERROR * rdp / root);
        epsilonError = mesh * root;
        points = 2 * (int) Math.ceil(end / mesh);
    }

    static double epsilon(List<Ledger.Phase> phases, double delta) {
        double rdp = RdpAccountant.epsilon(phases, delta);
        if (rdp > WIDEST) return rdp;
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(Device.CPU, DType.FLOAT64)) {
            var prv = new PrvAccountant(phases, delta, rdp);
            return Math.min(rdp, Math.max(prv.epsilon(true), prv.epsilon(false)));
        }
    }

    /** @param away whether a sample is taken away, or added */
    private double epsilon(boolean away) {
        Tensor spectrum = null; // of the sum of all steps' losses
        double shift = 0;
        for (var phase : phases) {
            Tensor cdf = cdf(halfSteps(), phase, away); // (2 · points + 1): ends and middles of the cells
            Tensor low = cdf.slice(0, 0, 2L * points, 2);
            Tensor high = cdf.slice(0, 2, 2L * points + 1, 2);
            Tensor middle = cdf.slice(0, 1, 2L * points, 2);
            Tensor mass = high.sub(low);
            double all = mass.sum().item();
            // The mean within the cells, by Simpson's rule: rounding to the grid is to keep it.
            shift += phase.steps() * mesh / 3 * low.add(high).sub(middle.mul(2)).sum().item() / all;
            Tensor one = mass.div(all).roll(-points / 2, 0).rfft(0);
            Tensor many = Tensor.call("pow", "Tensor_Scalar", one, phase.steps());
            spectrum = spectrum == null ? many : spectrum.mul(many);
        }
        double[] probability = spectrum.irfft(points, 0).roll(points / 2, 0).toDoubles();
        return Math.max(0, invert(probability, shift)) + epsilonError;
    }

    /** From half a cell before the first point to half a cell behind the last, by half cells. */
    private Tensor halfSteps() { return Tensor.arange(2L * points + 1).to(DType.FLOAT64).sub(points
            + 1).mul(mesh / 2); }

    /**
     * The distribution of the loss log P(x) / Q(x) at t, for the sum x of a sample's part and the noise: P, which x is
     * drawn from, is (1 - q) N(0, σ²) + q N(1, σ²) and Q is N(0, σ²), or the other way round.
     */
    private static Tensor cdf(Tensor t, Ledger.Phase phase, boolean away) {
        double q = phase.rate(), sigma = phase.noise();
        Tensor inside = (away ? t : t.neg()).exp().sub(1 - q).div(q).clamp(0, null); // e^((2x - 1) / 2σ²)
        Tensor x = inside.log().mul(sigma * sigma).add(0.5);
        Tensor without = Tensor.call("special_ndtr", "", x.div(sigma));
        if (!away) return without.rsub(1);
        return without.mul(1 - q).add(Tensor.call("special_ndtr", "", x.sub(1).div(sigma)).mul(q));
    }

    /**
     * The ε at which δ = Σ p (1 - e^(ε - s))₊ over the losses s comes down to what is left of δ without the
     * error.
     */
    private double invert(double[] probability, double shift) {
        double wanted = delta * (1 - DELTA_ERROR);
        double sum = 0, discounted = 0; // Σ p and Σ p e^(-s) from here on
        for (int i = probability.length - 1; i >= 0; i--) {
            double loss = (i - points / 2) * mesh + shift;
            if (sum - Math.exp(loss) * discounted > wanted) return Math.log((sum - wanted) / discounted);
            double p = Math.max(0, probability[i]); // rounding may have left less
            sum += p;
            discounted += p * Math.exp(-loss);
        }
        return 0;
    }
}

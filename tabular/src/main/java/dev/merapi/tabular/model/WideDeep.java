package dev.merapi.tabular.model;

import dev.merapi.optim.Adagrad;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Ftrl;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Wide & Deep: the sum of a linear model, which remembers ids and crosses of them, and a deep one, which generalizes.
 * Both are trained as one, each by an optimizer of its own: see {@link #optimizer}. Cheng et al. 2016,
 * arXiv:1606.07792.
 */
public final class WideDeep extends TableNet {
    final LinearModel wide;
    final Mlp deep;

    public WideDeep(Inputs inputs, int outputs, DeepOptions options) {
        wide = new LinearModel(inputs, outputs);
        deep = new Mlp(inputs, outputs, options);
    }

    @Override public Tensor forward(TableBatch batch) { return wide.forward(batch).add(deep.forward(batch)); }

    /**
     * The paper's: FTRL with an L1 penalty for the wide part, which makes weights of useless crosses 0, and AdaGrad for
     * the deep one.
     */
    public Optimizer optimizer(double wideRate, double l1, double deepRate) {
        return new Joint(List.of(
                new Ftrl(List.of(group("wide.")), wideRate, Ftrl.Options.DEFAULT.l1(l1)),
                new Adagrad(List.of(group("deep.")), deepRate)));
    }

    /** FTRL for the wide part, Adam for the deep one. */
    public Optimizer optimizer(double wideRate, double l1, double deepRate, Adam.Options options) {
        return new Joint(List.of(
                new Ftrl(List.of(group("wide.")), wideRate, Ftrl.Options.DEFAULT.l1(l1)),
                new Adam(List.of(group("deep.")), deepRate, options)));
    }

    private ParamGroup group(String prefix) { return ParamGroup.of(this, name -> name.startsWith(prefix)); }
}

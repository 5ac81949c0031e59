package dev.merapi.train;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Keeps float16 gradients in float16's narrow range by a factor on the loss: halved when a gradient overflows, doubled
 * after 2,000 steps without (Micikevicius et al. 2018, "Mixed Precision Training"; PyTorch's constants).
 */
final class LossScale {
    static final double FIRST = 65_536;
    private static final int GROW_AFTER = 2_000;

    private final Bookmark bookmark;
    private final Strategy strategy;

    LossScale(Bookmark bookmark, Strategy strategy) {
        this.bookmark = bookmark;
        this.strategy = strategy;
    }

    double factor() { return bookmark.lossScale; }

    /** Whether all gradients are finite, on all ranks; adapts the factor. */
    boolean accept(List<Param> params) {
        if (strategy.any(!finite(params))) {
            bookmark.lossScale /= 2;
            bookmark.stepsAtLossScale = 0;
            return false;
        }
        if (++bookmark.stepsAtLossScale == GROW_AFTER) {
            bookmark.lossScale *= 2;
            bookmark.stepsAtLossScale = 0;
        }
        return true;
    }

    private static boolean finite(List<Param> params) {
        var norms = params.stream().map(Param::grad).filter(g -> g != null).map(Tensor::norm).toList();
        return norms.isEmpty() || Tensor.stack(norms, 0).isFinite().all().itemBoolean();
    }
}

package dev.merapi.parallel;

import org.bytedeco.pytorch.ReduceOp;

/** How the tensors of all ranks become one, element by element. */
public enum Reduction {
    SUM(ReduceOp.RedOpType.SUM), PRODUCT(ReduceOp.RedOpType.PRODUCT), MIN(ReduceOp.RedOpType.MIN),
    MAX(ReduceOp.RedOpType.MAX);

    private final ReduceOp.RedOpType type;

    Reduction(ReduceOp.RedOpType type) { this.type = type; }

    /** To be closed. */
    ReduceOp open() { return new ReduceOp(type); }
}

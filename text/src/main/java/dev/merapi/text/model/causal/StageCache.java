package dev.merapi.text.model.causal;

import dev.merapi.nn.KeysValues;
import dev.merapi.tensor.Tensor;
import java.util.stream.LongStream;

/** The usual cache of the first stage's blocks, and one like it at each of the other stages. */
final class StageCache implements KvCache {
    private final StageSession session;
    private final long number;
    private final DenseCache own;

    /** @param starts as those of its own */
    StageCache(StageSession session, long number, DenseCache own, long[] starts, int capacity) {
        this.session = session;
        this.number = number;
        this.own = own;
        session.tell(StageStep.OPEN.with(LongStream.concat(LongStream.of(number, capacity), LongStream.of(starts))));
    }

    @Override public KvColumns columns() { return own.columns(); }

    @Override public KeysValues append(int layer, Tensor k, Tensor v) { return own.append(layer, k, v); }

    @Override public Tensor onward(Tensor x) { return session.read(x, StageStep.READ_CACHED.with(number)); }

    @Override public void join(KvCache other) {
        var more = (StageCache) other;
        own.join(more.own);
        session.tell(StageStep.JOIN.with(number, more.number));
    }

    @Override public void select(long... rows) {
        own.select(rows);
        session.tell(StageStep.SELECT.with(LongStream.concat(LongStream.of(number), LongStream.of(rows))));
    }

    @Override public boolean back(long steps) {
        session.tell(StageStep.BACK.with(number, steps));
        return own.back(steps);
    }

    @Override public void close() {
        own.close();
        session.tell(StageStep.CLOSE.with(number));
    }
}

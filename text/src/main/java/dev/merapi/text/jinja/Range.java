package dev.merapi.text.jinja;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Python's range; it takes no memory. */
final class Range extends AbstractList<Object> implements RandomAccess {
    private final long from;
    private final long to;
    private final long by;

    Range(long from, long to, long by) {
        if (by == 0) throw new Wrong("range: expected a step other than 0.");
        this.from = from;
        this.to = to;
        this.by = by;
        if (count() > Limits.RANGE) {
            throw new Wrong("range: expected at most " + Limits.RANGE + " numbers. Received " + count() + ".");
        }
    }

    private long count() {
        double count = Math.ceil(((double) to - from) / by); // no overflow
        return count <= 0 ? 0 : (long) count;
    }

    @Override public Object get(int index) { return from + index * by; }

    @Override public int size() { return (int) count(); }

    /** Of places from {@code begin} to {@code end}, each {@code step} of them. */
    Range slice(long begin, long end, long step) {
        return new Range(from + begin * by, from + end * by, by * Math.clamp(step, -Limits.RANGE, Limits.RANGE));
    }

    @Override public String toString() { return "range(" + from + ", " + to + (by == 1 ? ")" : ", " + by + ")"); }
}

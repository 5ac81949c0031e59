package dev.merapi.play.agent;

import dev.merapi.play.env.Chance;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;

/**
 * The last transitions that an agent saw, in native memory that is all taken at the start: a million steps later it is
 * as large (Lin 1992). The oldest makes room for the newest.
 *
 * <pre>{@code
 * try (var memory = new Replay(50_000, 4, 1, 0)) {
 *     memory.add(new float[4], new float[] {1}, 1, new float[4], 0.99f);
 * }
 * }</pre>
 */
public final class Replay implements AutoCloseable {
    private final int capacity, seenWidth, actionWidth;
    private final Tensor seen, action, reward, next, discount;
    private final Priorities priorities; // null: all alike
    private long added;

    /**
     * Transitions (B, …).
     *
     * @param places of them in the memory, (B)
     * @param discount of what follows, (B): γⁿ, or 0 where the world had ended
     * @param weights by which each counts, (B), 1 where all were drawn alike
     */
    public record Batch(long[] places, Tensor seen, Tensor action, Tensor reward, Tensor next, Tensor discount,
            Tensor weights) {}

    /**
     * @param capacity transitions
     * @param priority exponent α of priorities (Schaul et al. 2016); 0: all are as likely
     */
    public Replay(int capacity, int seenWidth, int actionWidth, double priority) {
        Expect.atLeast("Replay.capacity", 1, capacity);
        Expect.atLeast("Replay.priority", 0, priority);
        this.capacity = capacity;
        this.seenWidth = seenWidth;
        this.actionWidth = actionWidth;
        seen = Tensor.zeros(capacity, seenWidth).owned();
        action = Tensor.zeros(capacity, actionWidth).owned();
        reward = Tensor.zeros(capacity).owned();
        next = Tensor.zeros(capacity, seenWidth).owned();
        discount = Tensor.zeros(capacity).owned();
        priorities = priority == 0 ? null : new Priorities(capacity, priority);
    }

    /** How many there are. */
    public int size() { return (int) Math.min(added, capacity); }

    /** Adds one. */
    public void add(float[] seen, float[] action, double reward, float[] next, double discount) {
        int place = (int) (added++ % capacity);
        put(this.seen, place * (long) seenWidth, seen);
        put(this.action, place * (long) actionWidth, action);
        this.reward.segment().setAtIndex(ValueLayout.JAVA_FLOAT, place, (float) reward);
        put(this.next, place * (long) seenWidth, next);
        this.discount.segment().setAtIndex(ValueLayout.JAVA_FLOAT, place, (float) discount);
        if (priorities != null) priorities.add(place);
    }

    private static void put(Tensor into, long at, float[] values) {
        MemorySegment.copy(values, 0, into.segment(), ValueLayout.JAVA_FLOAT, at * Float.BYTES, values.length);
    }

    /**
     * Draws some, with replacement.
     *
     * @param correction exponent β of the weights, which undo what priorities prefer, from 0 to 1
     */
    public Batch sample(int n, double correction, Chance chance, Device device) {
        var places = new long[n];
        var weights = new float[n];
        if (priorities == null) {
            for (int i = 0; i < n; i++) places[i] = chance.nextInt(size());
            Arrays.fill(weights, 1);
        } else {
            priorities.draw(places, weights, size(), correction, chance);
        }
        var at = Tensor.of(places);
        return new Batch(places, rows(seen, at, device), rows(action, at, device), rows(reward, at, device),
                rows(next, at, device), rows(discount, at, device), Tensor.of(weights).to(device));
    }

    private static Tensor rows(Tensor all, Tensor at, Device device) { return all.indexSelect(0, at).to(device); }

    /** Says how wrong the predictions for drawn transitions were: by that they are drawn from now on. */
    public void prioritize(long[] places, float[] errors) {
        if (priorities != null) priorities.update(places, errors);
    }

    /** Puts all into a checkpoint's tensors. */
    void remember(Map<String, Tensor> state) {
        state.put("memory.seen", seen);
        state.put("memory.action", action);
        state.put("memory.reward", reward);
        state.put("memory.next", next);
        state.put("memory.discount", discount);
        state.put("memory.added", Tensor.of(new long[] {added}));
        if (priorities != null) state.put("memory.priorities", priorities.state());
    }

    /** @throws IllegalArgumentException if the sizes differ */
    void recall(Map<String, Tensor> saved) {
        var before = saved.get("memory.seen");
        Expect.that(before != null && before.size(0) == capacity && before.size(1) == seenWidth, "Replay.load",
                "a memory of " + capacity + " transitions of " + seenWidth + " numbers",
                before == null ? "none" : before.describe());
        seen.copy_(before);
        action.copy_(saved.get("memory.action"));
        reward.copy_(saved.get("memory.reward"));
        next.copy_(saved.get("memory.next"));
        discount.copy_(saved.get("memory.discount"));
        added = saved.get("memory.added").itemLong();
        if (priorities != null) priorities.load(saved.get("memory.priorities"));
    }

    @Override public void close() {
        for (var tensor : new Tensor[] {seen, action, reward, next, discount}) tensor.close();
    }
}

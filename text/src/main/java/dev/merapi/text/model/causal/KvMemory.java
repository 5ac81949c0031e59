package dev.merapi.text.model.causal;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.RaggedDecoding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory of bounded size for the keys and values of many texts, in blocks of tokens as by Kwon et al. 2023,
 * arXiv:2309.06180. The blocks of one text lie behind each other, so that attention reads them as they are, without a
 * copy. A text that begins like another sees the other's blocks; they stay when that one has ended, until the room is
 * needed: those that were used longest ago go first.
 *
 * <p>G heads of keys, D head size, W numbers that are kept of a head's ({@link KvNumbers}).
 */
final class KvMemory implements AutoCloseable {
    static final int BLOCK = RaggedDecoding.BLOCK;

    private final KvCache.Shape shape; // of what is kept
    private final KvNumbers numbers;
    private final StageSession session; // with the model's other stages, which do the same; null for none
    private final int blocks; // of all
    private int used;
    private long clock; // counts uses
    private long opened; // counts stretches
    private final Known root = new Known(null, null, null, 0);

    KvMemory(KvCache.Shape shape, RaggedDecoding.Memory most, StageSession session) {
        this.session = session;
        var type = most.type() == null ? shape.type() : most.type();
        numbers = new KvNumbers(type, shape.headSize());
        this.shape = new KvCache.Shape(shape.layers(), shape.heads(), numbers.width(), type, shape.device());
        int layers = Math.max(shape.layers(), session == null ? 0 : session.layers());
        long block = 2L * BLOCK * layers * shape.heads() * numbers.width() * type.bytes();
        blocks = (int) Math.min(Integer.MAX_VALUE / BLOCK, most.bytes() / block);
        Expect.that(blocks > 0, "RaggedDecoding.Memory", "at least " + block + " bytes, of " + BLOCK + " tokens",
                most.bytes());
        if (session != null) session.tell(StageStep.MEMORY.with(type.ordinal()));
    }

    KvCache.Shape shape() { return shape; }

    /** Blocks that are taken, also by what nobody uses now. */
    int used() { return used; }

    /** Tokens that fit in all. */
    int tokens() { return blocks * BLOCK; }

    static int blocks(int tokens) { return Math.ceilDiv(tokens, BLOCK); }

    /** The tokens of a block. */
    private record Words(List<Long> ids) {
        static Words of(long[] text, int from) {
            var ids = new ArrayList<Long>(BLOCK);
            for (int i = from; i < from + BLOCK; i++) ids.add(text[i]);
            return new Words(ids);
        }
    }

    /** A block that is known, behind all that come before it. */
    static final class Known {
        private final Known before; // null for the root
        private final Stretch memory;
        private final int from; // its first token in the memory
        private final Words words;
        private final Map<Words, Known> next = new LinkedHashMap<>();
        private boolean shared; // a second text has begun with it

        private Known(Known before, Words words, Stretch memory, int from) {
            this.before = before;
            this.words = words;
            this.memory = memory;
            this.from = from;
        }

        Known before() { return before; }

        long[] tokens() { return words.ids.stream().mapToLong(id -> id).toArray(); }

        /** What is kept of its keys, or values, in a layer: (1, G, BLOCK, W). */
        Tensor part(int layer, boolean keys) {
            return memory.kept(layer, keys).narrow(2, from, BLOCK);
        }
    }

    /** Some tokens of a stretch, from and to. */
    record Part(Stretch memory, int from, int to) {
        int length() { return to - from; }
    }

    /** Memory of tokens one behind the other: keys and values (1, G, capacity, W) of each layer, owned. */
    final class Stretch {
        private final Tensor[] keys = new Tensor[shape.layers()], values = new Tensor[shape.layers()];
        private final List<Known> known = new ArrayList<>();
        private final long number = ++opened;
        private int capacity; // blocks
        private int users;
        private long last; // when it was used

        /** What is kept of its keys, or values, in a layer. */
        Tensor kept(int layer, boolean ofKeys) { return (ofKeys ? keys : values)[layer]; }

        /** Keeps keys and values (1, G, T, D) of tokens from a place on. */
        void keep(int layer, int at, Tensor k, Tensor v) {
            keys[layer].narrow(2, at, k.size(2)).copy_(numbers.keep(k));
            values[layer].narrow(2, at, v.size(2)).copy_(numbers.keep(v));
        }

        /** Keys, or values, (1, G, T, D) of so many tokens from a place on. */
        Tensor read(int layer, boolean ofKeys, int from, int length) {
            return numbers.read(kept(layer, ofKeys).narrow(2, from, length));
        }

        /** By which other stages know it. */
        long number() { return number; }

        /** Makes it longer, as others see it too; there must be room. */
        private void grow(int more, int tokens) {
            int now = capacity + more;
            for (var all : List.of(keys, values)) {
                for (int layer = 0; layer < all.length; layer++) {
                    Tensor longer = Tensor.empty(shape.device(), shape.type(), 1, shape.heads(), (long) now * BLOCK,
                            shape.headSize()).owned();
                    if (tokens > 0) longer.narrow(2, 0, tokens).copy_(all[layer].narrow(2, 0, tokens));
                    if (all[layer] != null) all[layer].close();
                    all[layer] = longer;
                }
            }
            capacity = now;
            used += more;
            if (session != null) session.tell(StageStep.GROW.with(number, more, tokens));
        }

        private void free() {
            for (var all : List.of(keys, values)) {
                for (Tensor one : all) if (one != null) one.close();
            }
            used -= capacity;
            if (session != null && capacity > 0) session.tell(StageStep.FREE.with(number));
            capacity = 0;
        }
    }

    private final List<Stretch> stretches = new ArrayList<>();

    /** What is known of a text's beginning, in whole blocks and without its last token. */
    List<Known> find(long[] text) {
        var found = new ArrayList<Known>();
        var at = root;
        for (int from = 0; from + BLOCK < text.length; from += BLOCK) {
            at = at.next.get(Words.of(text, from));
            if (at == null) break;
            at.shared = true;
            found.add(at);
        }
        return found;
    }

    Known root() { return root; }

    /** Says what stands in a block of a stretch, behind another block; that which is known already if there is one. */
    Known learn(Known before, long[] text, int at, Stretch memory, int from) {
        return before.next.computeIfAbsent(Words.of(text, at), words -> {
            var known = new Known(before, words, memory, from);
            memory.known.add(known);
            return known;
        });
    }

    /** Blocks that more than one text has begun with, each behind the one before it, the first that follows it next. */
    List<Known> shared() {
        var all = new ArrayList<Known>();
        var open = new ArrayDeque<>(root.next.values());
        while (!open.isEmpty()) {
            var known = open.pop();
            if (!known.shared) continue;
            all.add(known);
            List.copyOf(known.next.values()).reversed().forEach(open::push);
        }
        return all;
    }

    /** What was kept of keys, or values, (N, G, BLOCK, W) of blocks in a layer. */
    interface Source {
        Tensor of(int layer, boolean keys);
    }

    /** Blocks that were kept, one behind the other, behind another; there must be room. */
    List<Known> know(Known before, long[] tokens, Source source) {
        var stretch = open();
        stretch.grow(tokens.length / BLOCK, 0);
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (boolean keys : new boolean[] {true, false}) {
                stretch.kept(layer, keys).copy_(source.of(layer, keys).transpose(0, 1).flatten(1, 2).unsqueeze(0));
            }
        }
        var all = new ArrayList<Known>();
        for (int at = 0; at < tokens.length; at += BLOCK) {
            all.add(learn(all.isEmpty() ? before : all.getLast(), tokens, at, stretch, at));
            all.getLast().shared = true;
        }
        leave(stretch);
        return all;
    }

    /** Blocks that follow each other in the same memory are one part. */
    static List<Part> parts(List<Known> blocks) {
        var parts = new ArrayList<Part>();
        for (var block : blocks) {
            var last = parts.isEmpty() ? null : parts.getLast();
            boolean follows = last != null && last.memory == block.memory && last.to == block.from;
            if (follows) parts.removeLast();
            parts.add(new Part(block.memory, follows ? last.from : block.from, block.from + BLOCK));
        }
        return parts;
    }

    void use(Stretch stretch) {
        stretch.users++;
        stretch.last = ++clock;
    }

    void leave(Stretch stretch) {
        stretch.users--;
        stretch.last = ++clock;
        if (stretch.users == 0 && stretch.known.isEmpty()) drop(stretch);
    }

    /** As {@link #leave}, and nobody finds it again, unless somebody uses it now. */
    void discard(Stretch stretch) {
        leave(stretch);
        if (stretch.users == 0 && stretches.contains(stretch)) drop(stretch);
    }

    /** Memory of its own for a text, of no length yet. */
    Stretch open() {
        var stretch = new Stretch();
        stretches.add(stretch);
        use(stretch);
        return stretch;
    }

    /**
     * Makes a stretch longer.
     *
     * @param tokens that it holds, and that are copied
     * @param least tokens that it must have room for
     * @param most tokens that it will ever hold, as far as one knows: it gets half as much again, if there is room
     * @return false, and all is as before, if there is no room
     */
    boolean grow(Stretch stretch, int tokens, int least, int most) {
        int need = blocks(least) - stretch.capacity;
        if (need <= 0) return true;
        int wish = Math.max(need, Math.min(blocks(most) - stretch.capacity, stretch.capacity / 2));
        int more = makeRoom(wish) ? wish : need;
        if (!makeRoom(more)) return false;
        stretch.grow(more, tokens);
        return true;
    }

    /** Whether no text uses any of it now. */
    boolean isIdle() { return stretches.stream().allMatch(stretch -> stretch.users == 0); }

    /** Whether so many blocks are free as it is. */
    boolean isFree(int need) { return blocks - used >= need; }

    /** Makes a stretch longer by so many blocks, as another process has said. */
    void grow(Stretch stretch, int tokens, int more) { stretch.grow(more, tokens); }

    /** Frees a stretch, as another process has said. */
    void free(Stretch stretch) {
        stretches.remove(stretch);
        stretch.free();
    }

    /** Whether so many blocks are free, or became so as unused ones were dropped. */
    boolean makeRoom(int need) {
        while (blocks - used < need) {
            Stretch oldest = null;
            for (var stretch : stretches) {
                if (stretch.users == 0 && (oldest == null || stretch.last < oldest.last)) oldest = stretch;
            }
            if (oldest == null) return false;
            drop(oldest);
        }
        return true;
    }

    /** With what is known behind it, which nobody would find any more. */
    private void drop(Stretch stretch) {
        stretches.remove(stretch);
        for (var known : List.copyOf(stretch.known)) forget(known);
        stretch.free();
    }

    private void forget(Known known) {
        known.before.next.values().remove(known);
        List.copyOf(known.next.values()).forEach(this::forget);
        known.memory.known.remove(known);
    }

    @Override public void close() {
        stretches.forEach(Stretch::free);
        stretches.clear();
        root.next.clear();
    }
}

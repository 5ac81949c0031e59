package dev.merapi.parallel;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The gradients of some parameters in a few flat tensors, each of which travels at once: from the last parameter to the
 * first, as backward computes them, so that the first bucket is under way while the others are still being computed.
 * Behind its gradients a bucket has a mark for each: whether this rank had one (Li et al. 2020, "PyTorch Distributed").
 */
final class GradientBuckets implements AutoCloseable {
    private static final long FIRST_BYTES = 1 << 20; // small, to begin early

    /** A parameter's place. */
    private static final class Slot {
        final String name;
        final Param param;
        Bucket bucket;
        int mark; // where its mark is, in the bucket's flat tensor
        Tensor view; // of the bucket, laid out as the parameter
        Guard hook;
        int arrivals; // of gradients in this backward
        boolean filled;

        Slot(String name, Param param) {
            this.name = name;
            this.param = param;
        }
    }

    private static final class Bucket {
        final List<Slot> slots = new ArrayList<>();
        Tensor flat; // gradients, then marks
        Compression.Wire wire;
        BucketEvent event; // of this step
        boolean begun;

        long elements() { return slots.stream().mapToLong(slot -> slot.param.numel()).sum(); }

        boolean isFull() { return slots.stream().allMatch(slot -> slot.filled); }
    }

    private final List<Slot> slots = new ArrayList<>();
    private final List<Bucket> buckets = new ArrayList<>();
    private boolean collecting; // what arrives is final
    private boolean overlaps;
    private boolean known; // how often gradients arrive
    private int next; // bucket to begin

    /** @param names of the parameters, for messages */
    GradientBuckets(ProcessGroup group, List<Param> params, Map<Param, String> names, DataParallel.Options options) {
        overlaps = options.overlap();
        for (Param param : params) slots.add(new Slot(names.getOrDefault(param, "a parameter"), param));
        divide(options.bucketBytes());
        long hash = 17;
        for (Bucket bucket : buckets) {
            for (Slot slot : bucket.slots) {
                hash = 31 * hash + Objects.hash(slot.name, slot.param.dtype().toString(),
                        Arrays.hashCode(slot.param.shape()));
            }
            hash = 31 * hash + bucket.slots.size();
        }
        hash = 31 * hash + options.compression().toString().hashCode();
        group.agreeOnPlan(slots.stream().mapToLong(slot -> slot.param.numel()).sum(), hash,
                params.isEmpty() ? Device.CPU : params.getFirst().device());
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            buckets.forEach(bucket -> fill(bucket, group, options.compression()));
        }
        for (Slot slot : slots) {
            slot.hook = slot.param.onGradient(gradient -> {
                arrived(slot, gradient);
                return null;
            });
        }
    }

    private void divide(long most) {
        for (Slot slot : slots.reversed()) {
            var bucket = buckets.isEmpty() ? null : buckets.getLast();
            long limit = buckets.size() == 1 ? Math.min(FIRST_BYTES, most) : most;
            if (bucket == null || !fits(bucket, slot, limit)) buckets.add(bucket = new Bucket());
            bucket.slots.add(slot);
            slot.bucket = bucket;
        }
    }

    private static boolean fits(Bucket bucket, Slot slot, long limit) {
        var first = bucket.slots.getFirst().param;
        return first.dtype() == slot.param.dtype() && first.device().equals(slot.param.device())
                && (bucket.elements() + slot.param.numel()) * first.dtype().bytes() <= limit;
    }

    private static void fill(Bucket bucket, ProcessGroup group, Compression compression) {
        var first = bucket.slots.getFirst().param;
        long elements = bucket.elements();
        bucket.flat = first.newEmpty(elements + bucket.slots.size()).zero_().owned();
        long at = 0;
        for (int i = 0; i < bucket.slots.size(); i++) {
            Slot slot = bucket.slots.get(i);
            long[] strides = slot.param.emptyLike().strides(); // without gaps
            slot.view = Tensor.call("as_strided", "", bucket.flat, slot.param.shape(), strides, at).owned();
            slot.mark = (int) (elements + i);
            at += slot.param.numel();
        }
        bucket.wire = compression.wire(group, bucket.flat, bucket.slots.stream().map(slot -> slot.view).toList());
    }

    /** Whether these are still the parameters' shapes, types and devices. */
    boolean fit() {
        return slots.stream().allMatch(slot -> slot.view.dtype() == slot.param.dtype()
                && slot.view.device().equals(slot.param.device()));
    }

    /** The backward that comes is the step's last: its gradients may go on their way while it runs. */
    void collect() {
        slots.forEach(slot -> slot.arrivals = 0);
        collecting = overlaps && known;
        if (!collecting) return;
        for (Slot slot : slots) { // no zeroGrad since the last step: the bucket itself would be added to
            if (isView(slot)) slot.param.grad(slot.view.copy());
        }
    }

    /** In a backward: this is all that it adds to a parameter's gradient. */
    private void arrived(Slot slot, Tensor gradient) {
        slot.arrivals++;
        if (gradient.isSparse()) {
            throw new IllegalArgumentException("DataParallel: expected a dense gradient of " + slot.name
                    + ". Received a sparse one; make the embedding dense, or keep its rows on a parameter server.");
        }
        if (!collecting) return;
        if (slot.bucket.begun) {
            throw new IllegalStateException("DataParallel: the gradient of " + slot.name + " was on its way to the"
                    + " other ranks when more of it came: it is reached twice in a step, as by two activation"
                    + " checkpoints or two backwards. Use DataParallel.Options.overlap(false).");
        }
        put(slot, gradient);
        beginFull();
    }

    private static void put(Slot slot, Tensor gradient) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            slot.view.copy_(gradient);
            var before = slot.param.grad();
            if (before != null) slot.view.add_(before);
            slot.filled = true;
        }
    }

    /** In their order, which is the same on all ranks. */
    private void beginFull() {
        while (next < buckets.size() && buckets.get(next).isFull()) begin(buckets.get(next++));
    }

    private static void begin(Bucket bucket) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var marks = new float[bucket.slots.size()];
            for (int i = 0; i < marks.length; i++) marks[i] = bucket.slots.get(i).filled ? 1 : 0;
            int first = bucket.slots.getFirst().mark;
            bucket.flat.narrow(0, first, marks.length).copy_(Tensor.of(marks, marks.length));
            bucket.begun = true;
            bucket.event = new BucketEvent();
            bucket.event.begin();
            bucket.wire.begin();
        }
    }

    /** Makes each gradient the sum over all ranks; none where no rank has one. */
    void reduce() {
        known = true;
        overlaps &= slots.stream().allMatch(slot -> slot.arrivals <= 1);
        collecting = false;
        for (Slot slot : slots) if (!slot.filled) putWhatIsThere(slot);
        while (next < buckets.size()) begin(buckets.get(next++));
        for (int i = 0; i < buckets.size(); i++) {
            finish(buckets.get(i), i);
            give(buckets.get(i));
        }
        next = 0;
    }

    private static void finish(Bucket bucket, int number) {
        long begin = System.nanoTime();
        bucket.wire.finish();
        var event = bucket.event;
        event.end();
        if (!event.shouldCommit()) return;
        event.bucket = number;
        event.bytes = bucket.flat.numel() * bucket.flat.dtype().bytes();
        event.waited = System.nanoTime() - begin;
        event.commit();
    }

    private static void putWhatIsThere(Slot slot) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var gradient = slot.param.grad();
            if (gradient == null) {
                slot.view.zero_();
            } else if (!isView(slot)) {
                slot.view.copy_(gradient);
            }
            slot.filled = gradient != null;
        }
    }

    private static void give(Bucket bucket) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            boolean all = bucket.isFull();
            int first = bucket.slots.getFirst().mark;
            float[] marks = all ? null : bucket.flat.narrow(0, first, bucket.slots.size()).toFloats();
            for (int i = 0; i < bucket.slots.size(); i++) {
                Slot slot = bucket.slots.get(i);
                if (all || marks[i] > 0) slot.param.grad(slot.view);
                slot.filled = false;
            }
            bucket.begun = false;
        }
    }

    private static boolean isView(Slot slot) {
        var gradient = slot.param.unwrap().grad();
        return gradient.defined() && gradient.data_ptr().address() == slot.view.unwrap().data_ptr().address();
    }

    @Override public void close() {
        for (Slot slot : slots) {
            slot.hook.close();
            if (!slot.param.isClosed() && isView(slot)) slot.param.clearGrad();
            slot.view.close();
        }
        for (Bucket bucket : buckets) {
            bucket.wire.close();
            bucket.flat.close();
        }
    }
}

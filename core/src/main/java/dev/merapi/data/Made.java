package dev.merapi.data;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.function.Supplier;

/** A batch or sample made on some thread, and what frees its tensors. */
record Made<T>(T value, Guard tensors) implements Guard {
    /** Makes a value without gradients. What was made on the way to it is freed at once. */
    static <T> Made<T> by(Supplier<T> make) {
        try (var _ = Torch.noGrad(); var kept = Scope.open()) {
            T value;
            Guard rest = () -> { };
            try (var work = Scope.open()) {
                value = make.get();
                if (!Tree.visit(value, work::keep)) rest = work.release(); // it may hold any of them
            }
            Guard parts = kept.release();
            Guard others = rest;
            return new Made<>(value, () -> {
                parts.close();
                others.close();
            });
        }
    }

    /** The same value, which frees more. */
    Made<T> with(Iterable<? extends Guard> more) {
        return new Made<>(value, () -> {
            tensors.close();
            more.forEach(Guard::close);
        });
    }

    @Override public void close() { tensors.close(); }
}

package dev.merapi.tensor;

import dev.merapi.ChildJvm;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScopeTest {
    @Test void freesItsTensorsWhenItCloses() {
        var all = new ArrayList<Tensor>();
        try (var scope = Scope.open()) {
            all.add(Tensor.ones(2));
            all.add(all.getFirst().add(1));
            all.add(all.getLast().mul(2));
            assertEquals(3, scope.size());
        }
        assertTrue(all.stream().allMatch(Tensor::isClosed));
    }

    @Test void freesItsTensorsAfterAnException() {
        var made = new AtomicReference<Tensor>();
        assertThrows(ArithmeticException.class, () -> {
            try (var _ = Scope.open()) {
                made.set(Tensor.ones(2));
                throw new ArithmeticException();
            }
        });
        assertTrue(made.get().isClosed());
        assertNull(Scope.innermost());
    }

    @Test void aResultBelongsToTheInnermostScopeNotToItsOperands() {
        try (var _ = Scope.open()) {
            var outer = Tensor.ones(2);
            Tensor inner;
            try (var _ = Scope.open()) {
                inner = outer.add(1);
            }
            assertTrue(inner.isClosed());
            assertEquals(2, outer.sum().item());
        }
    }

    @Test void keepMovesOneScopeOut() {
        Tensor kept;
        try (var _ = Scope.open()) {
            try (var middle = Scope.open()) {
                try (var inner = Scope.open()) {
                    kept = inner.keep(Tensor.ones(2));
                    assertEquals(kept, inner.keep(kept), "a tensor of the parent stays as it is");
                }
                assertEquals(2, kept.sum().item());
                middle.keep(kept);
            }
            assertEquals(2, kept.sum().item());
        }
        assertTrue(kept.isClosed());
    }

    @Test void liveCountsTheWholeProcess() {
        var all = new ArrayList<Tensor>();
        for (int i = 0; i < 1000; i++) all.add(Tensor.ones(1).owned());
        long full = Scope.live();
        all.forEach(Tensor::close);
        assertTrue(full >= 1000 && Scope.live() <= full - 1000);
    }

    @Test void keepOutOfTheOutermostScopeHandsToTheGarbageCollector() {
        long before = Scope.live();
        Tensor kept;
        try (var scope = Scope.open()) {
            kept = scope.keep(Tensor.ones(2));
        }
        assertEquals(2, kept.sum().item());
        kept = null;
        eventually(() -> Scope.live() <= before);
    }

    @Test void ownedTensorsOutliveScopes() {
        Tensor cache;
        try (var _ = Scope.open()) {
            cache = Tensor.ones(2).owned();
        }
        assertEquals(2, cache.sum().item());
        cache.close();
        assertTrue(cache.isClosed());
    }

    @Test void closingTwiceDoesNothingAndUseAfterCloseThrows() {
        long before = Scope.live();
        var t = Tensor.ones(2);
        t.close();
        t.close();
        assertTrue(Scope.live() <= before);
        assertTrue(t.isClosed());
        fails("Tensor: used after it was closed. Keep it longer with Scope.keep, or take it out of its scope with"
                + " owned(). -Dmerapi.debug=true shows where it was made and freed.", () -> t.add(1));
        fails("Tensor: used after it was closed", () -> Tensor.ones(2).add(t));
        fails("Tensor: used after it was closed", t::owned);
        try (var scope = Scope.open()) {
            fails("Tensor: used after it was closed", () -> scope.keep(t));
        }
    }

    @Test void aViewOutlivesItsBase() {
        try (var _ = Scope.open()) {
            var base = Tensor.arange(1000);
            var view = base.narrow(0, 990, 10);
            base.close();
            assertEquals(9945, view.sum().itemLong());
        }
    }

    @Test void aScopeClosesOnceInOrderAndOnItsThread() throws InterruptedException {
        var outer = Scope.open();
        var inner = Scope.open();
        fails("Scope.close: an inner scope is still open. Close scopes in the reverse order of their opening;"
                + " try-with-resources does.", outer::close);
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(() -> fails("Scope.close: expected thread ", inner::close), "other");
        thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        thread.start();
        thread.join();
        assertNull(failure.get());
        inner.close();
        fails("Scope.close: this scope is closed already.", inner::close);
        fails("Scope.keep: this scope is closed already.", () -> inner.keep(Tensor.ones(1)));
        outer.close();
        assertNull(Scope.innermost());
    }

    @Test void threadsHaveScopesOfTheirOwn() throws InterruptedException {
        try (var _ = Scope.open()) {
            var made = new AtomicReference<Tensor>();
            var thread = new Thread(() -> {
                assertNull(Scope.innermost());
                try (var scope = Scope.open()) {
                    made.set(Tensor.ones(3));
                    scope.keep(made.get());
                }
            });
            thread.start();
            thread.join();
            assertEquals(3, made.get().sum().item());
        }
    }

    @Test void aVirtualThreadReadsButOpensNoScope() throws InterruptedException {
        var t = Tensor.ones(3);
        var text = new AtomicReference<String>();
        Thread.ofVirtual().start(() -> {
            for (var mode : Map.<String, Executable>of("Scope.open", Scope::open, "Torch.noGrad", Torch::noGrad,
                    "Torch.enableGrad", Torch::enableGrad, "Torch.inference", Torch::inference, "Torch.autocast",
                    () -> Torch.autocast(Device.CPU, DType.BFLOAT16), "Torch.useOneThread", Torch::useOneThread)
                    .entrySet()) {
                fails(mode.getKey() + ": expected a platform thread. Received a virtual one, which may change its"
                        + " carrier in mid-computation; hand tensor code to an executor of platform threads.",
                        mode.getValue());
            }
            text.set(t.toString() + t.toLongs()[2]);
        }).join();
        assertEquals("tensor([1., 1., 1.])1", text.get());
    }

    @Test void aModeEndsOnItsThread() throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        try (var noGrad = Torch.noGrad()) {
            var thread = new Thread(() -> fails("Torch.noGrad: expected to be closed on thread "
                    + Thread.currentThread().getName(), noGrad::close), Thread.currentThread().getName());
            thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
            thread.start();
            thread.join();
        }
        assertNull(failure.get());
        assertTrue(Torch.isGradEnabled());
    }

    @Test void aVirtualThreadHandsItsWorkToAPlatformThread() throws Exception {
        try (var engine = Executors.newFixedThreadPool(1); var requests = Executors.newVirtualThreadPerTaskExecutor()) {
            var answer = requests.submit(() -> engine.submit(() -> {
                try (var _ = Scope.open(); var _ = Torch.inference()) {
                    return Tensor.ones(3).sum().item();
                }
            }).get());
            assertEquals(3, answer.get());
        }
    }

    @Test void releaseHandsTheTensorsToAnotherThread() throws InterruptedException {
        long before = Scope.live();
        var batch = new AtomicReference<Tensor>();
        var guard = new AtomicReference<Guard>();
        var worker = new Thread(() -> {
            try (var scope = Scope.open()) {
                batch.set(Tensor.ones(4).mul(2));
                guard.set(scope.release());
            }
        });
        worker.start();
        worker.join();
        assertEquals(8, batch.get().sum().item());
        guard.get().close();
        assertTrue(batch.get().isClosed());
        eventually(() -> Scope.live() <= before);
    }

    @Test void withoutAScopeTheGarbageCollectorFrees() {
        long before = Scope.live();
        for (int i = 0; i < 100; i++) Tensor.ones(10).add(i);
        eventually(() -> Scope.live() <= before);
    }

    @Test void aLongScopeForgetsTensorsThatWereClosed() {
        try (var _ = Scope.open()) {
            var closed = new WeakReference<>(Tensor.ones(1));
            closed.get().close();
            for (int i = 0; i < 1000; i++) Tensor.ones(1).close();
            eventually(() -> closed.get() == null);
        }
    }

    @Test void debugModeShowsWhereATensorWasMadeAndFreed() throws Exception {
        var result = new ChildJvm().with("-Dmerapi.debug=true").run(UsesAfterClose.class);
        assertTrue(result.output().contains("made here"), result.output());
        assertTrue(result.output().contains("freed here"), result.output());
        assertTrue(result.output().contains("UsesAfterClose.make("), result.output());
        assertTrue(result.output().contains("UsesAfterClose.free("), result.output());
    }

    static final class UsesAfterClose {
        public static void main(String[] args) {
            var t = make();
            free(t);
            t.add(1);
        }

        private static Tensor make() { return Tensor.ones(1); }

        private static void free(Tensor t) { t.close(); }
    }

    private static void fails(String message, Executable action) {
        var error = assertThrows(IllegalStateException.class, action);
        assertTrue(error.getMessage().startsWith(message), error.getMessage());
    }

    static void eventually(BooleanSupplier condition) {
        for (int i = 0; i < 3_000 && !condition.getAsBoolean(); i++) {
            System.gc();
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        assertTrue(condition.getAsBoolean(), "not after a minute of garbage collection");
    }
}

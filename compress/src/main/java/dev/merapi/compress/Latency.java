package dev.merapi.compress;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/** Times of several programs that do the same work, taken in turns. */
final class Latency {
    private static final int WARM_UP = 3;
    private static final int LEAST = 7; // rounds
    private static final int MOST = 101;
    private static final long ENOUGH = 3_000_000_000L; // nanoseconds

    private Latency() {}

    /** Milliseconds, the median of each. */
    static List<Double> medians(List<Runnable> programs) {
        for (int i = 0; i < WARM_UP; i++) programs.forEach(Latency::nanoseconds);
        var times = new ArrayList<List<Long>>();
        programs.forEach(_ -> times.add(new ArrayList<>()));
        long begin = System.nanoTime();
        for (int round = 0; round < MOST && (round < LEAST || System.nanoTime() - begin < ENOUGH); round++) {
            for (int i = 0; i < programs.size(); i++) times.get(i).add(nanoseconds(programs.get(i)));
        }
        return times.stream().map(t -> t.stream().sorted().toList().get(t.size() / 2) / 1e6).toList();
    }

    private static long nanoseconds(Runnable program) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long begin = System.nanoTime();
            program.run();
            return System.nanoTime() - begin;
        }
    }
}

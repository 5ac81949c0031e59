package dev.merapi.bench;

import java.util.List;
import java.util.stream.Stream;

/**
 * How a process grows over many steps.
 *
 * @param memory after the warm-up, which is a tenth of the steps, and after each further tenth
 */
record Soak(String name, List<Memory> memory) {
    private static final int PARTS = 10;

    static Soak run(Contender contender, Workload workload, long steps) {
        return new Soak(contender.name(), Stream.generate(() -> {
            contender.run(workload, Math.max(1, steps / PARTS));
            return contender.memory();
        }).limit(PARTS + 1).toList());
    }

    Memory warm() { return memory.getFirst(); }

    Memory end() { return memory.getLast(); }
}

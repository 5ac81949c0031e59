package dev.merapi.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Watches the processors for what would spoil the comparison: a contender whose threads spin while others
 * run, and other programs.
 */
final class Watch {
    private record Mark(Duration cpu, long time) {
        static Mark of(Contender contender) { return new Mark(contender.cpu(), System.nanoTime()); }

        /** The cores in use between this mark and a later one. */
        double coresUntil(Mark later) {
            return (double) later.cpu.minus(cpu).toNanos() / (later.time - time);
        }
    }

    private final OperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Map<Contender, Mark> marks = new HashMap<>();
    private final Map<Contender, Double> idle = new HashMap<>();
    private final Map<Contender, Double> others = new HashMap<>();

    /** Call before the contender's turn. */
    void turnBegins(Contender contender) {
        var mark = Mark.of(contender);
        if (marks.containsKey(contender)) {
            idle.merge(contender, marks.get(contender).coresUntil(mark), Math::max);
        }
        marks.put(contender, mark);
        os.getCpuLoad();                              // each call counts from the one before
    }

    /** Call right after the contender's turn. */
    void turnEnds(Contender contender) {
        double busy = os.getCpuLoad() * os.getAvailableProcessors();
        double own = marks.get(contender).coresUntil(Mark.of(contender));
        others.merge(contender, Math.max(0, busy - own), Math::max);
    }

    /** Call when the contender has had time to come to rest. */
    void restBegins(Contender contender) { marks.put(contender, Mark.of(contender)); }

    /** The most cores that the contender used during a rest; NaN if it never rested. */
    double idle(Contender contender) { return idle.getOrDefault(contender, Double.NaN); }

    /** The most cores that other programs used during a turn of the contender; NaN if it had none. */
    double others(Contender contender) { return others.getOrDefault(contender, Double.NaN); }
}

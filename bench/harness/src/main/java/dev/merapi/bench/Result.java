package dev.merapi.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a contender fared at a workload.
 *
 * @param turns one for each round
 * @param idle the most cores that the contender used while the others had their turns
 * @param others the most cores that other programs used during its turns
 */
record Result(String name, String about, List<Turn> turns, double idle, double others) {
    /** The least, the median and the greatest of some values. */
    record Spread(double min, double median, double max) {
        static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int n = sorted.length;
            return new Spread(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[n - 1]);
        }
    }

    /** This and later rounds of the same contender. */
    Result plus(Result later) {
        return new Result(name, about, Stream.concat(turns.stream(), later.turns.stream()).toList(),
                Math.max(idle, later.idle), Math.max(others, later.others));
    }

    /** Nanoseconds of a step. */
    Spread time() { return over(i -> turns.get(i).nanosPerStep()); }

    /** Nanoseconds of a step, those of all processors together. */
    Spread cpu() { return over(i -> turns.get(i).cpuPerStep()); }

    /** This contender's time over the other's in the same round: what slowed the machine slowed both. */
    Spread ratio(Result other) {
        return over(i -> turns.get(i).nanosPerStep() / other.turns.get(i).nanosPerStep());
    }

    /** As {@link #ratio}, of processor time. */
    Spread cpuRatio(Result other) {
        return over(i -> turns.get(i).cpuPerStep() / other.turns.get(i).cpuPerStep());
    }

    /** Of the last step. */
    double loss() { return turns.getLast().loss(); }

    private Spread over(IntToDoubleFunction round) {
        return Spread.of(IntStream.range(0, turns.size()).mapToDouble(round).toArray());
    }
}

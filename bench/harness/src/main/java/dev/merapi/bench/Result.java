package dev.merapi.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a contender fared at a workload.
 *
 * @param nanos nanoseconds per step, one value for each round
 * @param loss the last loss
 * @param idle the most cores that the contender used while the others had their turns
 * @param others the most cores that other programs used during its turns
 */
record Result(String name, String about, List<Double> nanos, double loss, double idle, double others) {
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
        var rounds = Stream.concat(nanos.stream(), later.nanos.stream()).toList();
        return new Result(name, about, rounds, later.loss,
                Math.max(idle, later.idle), Math.max(others, later.others));
    }

    Spread time() { return over(i -> nanos.get(i)); }

    /** This contender's time over the other's in the same round: what slowed the machine slowed both. */
    Spread ratio(Result other) { return over(i -> nanos.get(i) / other.nanos.get(i)); }

    private Spread over(IntToDoubleFunction round) {
        return Spread.of(IntStream.range(0, nanos.size()).mapToDouble(round).toArray());
    }
}

package dev.merapi.bench;

import dev.merapi.bench.Result.Spread;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ResultTest {
    @Test void medianOfOddAndEvenCounts() {
        assertEquals(new Spread(1, 2, 9), Spread.of(9, 1, 2));
        assertEquals(new Spread(1, 2.5, 9), Spread.of(9, 3, 1, 2));
    }

    /** The middle round was twice as slow for both: the ratio does not see it. */
    @Test void ratiosPairTheTimesOfARound() {
        var ours = result(10, 20, 10);
        var theirs = result(15, 30, 16);
        assertEquals(new Spread(1.5, 1.5, 1.6), theirs.ratio(ours));
        assertEquals(new Spread(15, 16, 30), theirs.time());
        assertEquals(new Spread(1.5, 1.5, 1.6), theirs.cpuRatio(ours));
        assertEquals(new Spread(30, 32, 60), theirs.cpu());
    }

    @Test void laterRoundsAddUp() {
        var first = new Turn(1, 1, 2, 2.3);
        var second = new Turn(1, 2, 4, 2.1);
        var both = new Result("x", "1", List.of(first), 0.1, 0.4).plus(new Result("x", "1", List.of(second), 0.2, 0.3));
        assertEquals(new Result("x", "1", List.of(first, second), 0.2, 0.4), both);
        assertEquals(2.1, both.loss());
    }

    private static Result result(long... nanos) {
        return new Result("x", "", Arrays.stream(nanos).mapToObj(n -> new Turn(1, n, 2 * n, 0)).toList(), 0, 0);
    }
}

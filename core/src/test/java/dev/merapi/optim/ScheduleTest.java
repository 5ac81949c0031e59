package dev.merapi.optim;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.Goldens;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Every schedule against PyTorch's learning rates. */
class ScheduleTest {
    private static final JsonNode CASES = Goldens.json("schedules").get("cases");
    private static final Map<String, Schedule> SCHEDULES = Map.ofEntries(
            Map.entry("constant", Schedule.constant()),
            Map.entry("step", Schedule.step(7, 0.5)),
            Map.entry("multi_step", Schedule.multiStep(0.3, 4, 9, 20)),
            Map.entry("exponential", Schedule.exponential(0.9)),
            Map.entry("linear", Schedule.linear(0.25, 1, 8)),
            Map.entry("polynomial", Schedule.polynomial(20, 2)),
            Map.entry("cosine", Schedule.cosine(29, 0.1)),
            Map.entry("cosine_beyond", Schedule.cosine(10)),
            Map.entry("cosine_restarts", Schedule.cosineRestarts(10, 1, 0.01)),
            Map.entry("cosine_restarts_mult", Schedule.cosineRestarts(4, 2, 0)),
            Map.entry("one_cycle", Schedule.oneCycle(30)),
            Map.entry("one_cycle_linear", new OneCycle(30, 0.4, 0.1, 0.001, true)),
            Map.entry("cosine_with_warmup", Schedule.cosine(25).afterWarmup(5)),
            Map.entry("linear_with_warmup", Schedule.linear(1, 0, 25).afterWarmup(5)),
            Map.entry("inverse_square_root", Schedule.inverseSquareRoot(5)));
    private static final Map<String, ReduceOnPlateau.Options> PLATEAUS = Map.of(
            "plateau", new ReduceOnPlateau.Options(false, 0.5, 2, 1e-4, true, 0, 0),
            "plateau_cooldown", new ReduceOnPlateau.Options(false, 0.5, 1, 1e-4, true, 2, 0.2),
            "plateau_max_abs", new ReduceOnPlateau.Options(true, 0.1, 2, 0.02, false, 0, 0));

    @Test void everyGoldenIsTested() {
        var names = new TreeSet<String>();
        CASES.fieldNames().forEachRemaining(names::add);
        var tested = new TreeSet<>(SCHEDULES.keySet());
        tested.addAll(PLATEAUS.keySet());
        assertEquals(names, tested);
    }

    static Stream<String> schedules() { return SCHEDULES.keySet().stream(); }

    @ParameterizedTest
    @MethodSource("schedules")
    void equalsPyTorch(String name) {
        var expected = CASES.get(name);
        double base = expected.get("base_lr").asDouble();
        for (int step = 0; step < expected.get("lr").size(); step++) {
            assertRate(expected, step, base * SCHEDULES.get(name).factor(step));
        }
    }

    static Stream<String> plateaus() { return PLATEAUS.keySet().stream(); }

    /** Each score goes to a new object with the state of the last, as in a run that is resumed after every epoch. */
    @ParameterizedTest
    @MethodSource("plateaus")
    void plateausEqualPyTorchAndResume(String name) {
        var expected = CASES.get(name);
        double base = expected.get("base_lr").asDouble();
        var state = new ReduceOnPlateau(PLATEAUS.get(name)).state();
        for (int epoch = 0; epoch < expected.get("metric").size(); epoch++) {
            var plateau = new ReduceOnPlateau(PLATEAUS.get(name));
            plateau.load(state);
            assertRate(expected, epoch, base * plateau.factor());
            assertRate(expected, epoch + 1, base * plateau.update(expected.get("metric").get(epoch).asDouble()));
            state = plateau.state();
        }
    }

    private static void assertRate(JsonNode expected, int step, double rate) {
        double lr = expected.get("lr").get(step).asDouble();
        assertEquals(lr, rate, 1e-6 * lr + 1e-12, "learning rate at step " + step);
    }

    @Test void scoresBelowZeroStopImprovingAsThoseAboveDo() {
        for (boolean maximize : new boolean[] {false, true}) {
            double better = maximize ? 1 : -1;
            for (double start : new double[] {2, -2, 0}) {
                var plateau = new ReduceOnPlateau(new ReduceOnPlateau.Options(maximize, 0.5, 1, 0.01, true, 0, 0));
                assertEquals(List.of(1.0, 1.0, 0.5), factors(plateau, start, start, start));
                double small = 0.005 * Math.abs(start) * better; // less than a hundredth of it
                assertEquals(List.of(0.5, 0.25), factors(plateau, start + small, start + small));
                assertEquals(plateau.factor(), plateau.update(start + 0.03 * better));
                assertEquals(start + 0.03 * better, plateau.state().best());
            }
        }
    }

    private static List<Double> factors(ReduceOnPlateau plateau, double... scores) {
        return DoubleStream.of(scores).map(plateau::update).boxed().toList();
    }

    @Test void plateauWithoutAnImprovementEver() {
        var plateau = new ReduceOnPlateau(new ReduceOnPlateau.Options(false, 0.5, 1, 1e-4, true, 0, 0.25));
        var factors = Stream.generate(() -> plateau.update(Double.NaN)).limit(7).toList();
        assertEquals(List.of(1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25), factors);
    }

    @Test void schedulesCompose() {
        var schedule = Schedule.constant().until(3, Schedule.exponential(0.5)).afterWarmup(2);
        double[] expected = {0, 0.5, 1, 1, 1, 1, 0.5, 0.25};
        for (int step = 0; step < expected.length; step++) assertEquals(expected[step], schedule.factor(step), 1e-12);
        assertEquals(0.9, Schedule.exponential(0.9).afterWarmup(0).factor(1));
    }

    @Test void oneCycleStaysAtItsEnd() {
        assertEquals(1e-4 / 25, Schedule.oneCycle(30).factor(29), 1e-15);
        assertEquals(1e-4 / 25, Schedule.oneCycle(30).factor(1000), 1e-15);
        assertEquals(1, new OneCycle(10, 0.1, 0.5, 0, false).factor(0)); // a rise of no step at all
    }

    @Test void wrongSettingsAreExplained() {
        assertFails("Schedule.cosine.steps: expected at least 1. Received 0.", () -> Schedule.cosine(0));
        assertFails("Schedule.step.every: expected at least 1. Received -1.", () -> Schedule.step(-1, 0.1));
        assertFails("OneCycle.rising: expected a number from 0 to below 1. Received 1.0.",
                () -> new OneCycle(10, 1, 0.1, 0, false));
        assertFails("ReduceOnPlateau.factor: expected a number from 0 to below 1. Received 2.0.",
                () -> new ReduceOnPlateau(new ReduceOnPlateau.Options(false, 2, 1, 0, true, 0, 0)));
    }

    private static void assertFails(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}

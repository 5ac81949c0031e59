package dev.merapi.protect.privacy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AccountantTest {
    private static List<Ledger.Phase> steps(double noise, double rate, long steps) {
        return List.of(new Ledger.Phase(noise, rate, steps));
    }

    /** Opacus's tests/accountants_test.py has this number. */
    @Test void rdpGivesTheKnownEpsilon() {
        assertEquals(7.32911117143, Accountant.RDP.epsilon(steps(1.5, 0.04, 2250), 1e-5), 1e-9);
    }

    /** {@code [log(erfc(x)) for x in (-3, 0, .5, 1.9999, 2.0001, 10)]} of Python's math. */
    @ParameterizedTest @CsvSource({
        "-3, 0.6931361352504468", "0, 0", "0.5, -0.7350111298370844", "1.9999, -5.3644994577735305",
        "2.0001, -5.365383089934763", "10, -102.87988902484489"})
    void erfcIsThatOfPython(double x, double expected) {
        assertEquals(expected, Normal.logErfc(x), 1e-14 * (1 + Math.abs(expected)));
    }

    @ParameterizedTest @CsvSource({"1.5, 0.04, 2250", "1.1, 0.01, 10000", "0.8, 0.02, 600", "4, 0.2, 300", "2, 1, 20",
        "10, 0.5, 100", "0.7, 0.001, 1000", "20, 0.05, 50"})
    void prvIsTighter(double noise, double rate, long steps) {
        double rdp = Accountant.RDP.epsilon(steps(noise, rate, steps), 1e-5);
        double prv = Accountant.PRV.epsilon(steps(noise, rate, steps), 1e-5);
        assertTrue(prv < rdp, prv + " < " + rdp);
        assertTrue(prv > 0.2 * rdp, prv + " and " + rdp);
    }

    /** Without sampling, k steps are one Gaussian mechanism, whose δ is known (Balle and Wang 2018, theorem 8). */
    @ParameterizedTest @CsvSource({"1, 1", "2, 20", "5, 3", "10, 500", "0.7, 2"})
    void prvIsNeverBelowTheTruthOfAGaussian(double noise, long steps) {
        double mu = Math.sqrt(steps) / noise;
        double low = 0, high = 200;
        for (int i = 0; i < 100; i++) {
            double middle = (low + high) / 2;
            double delta = Normal.cdf(mu / 2 - middle / mu) - Math.exp(middle) * Normal.cdf(-mu / 2 - middle / mu);
            if (delta > 1e-5) low = middle;
            else high = middle;
        }
        double prv = Accountant.PRV.epsilon(steps(noise, 1, steps), 1e-5);
        assertTrue(prv >= high, prv + " >= " + high);
        assertEquals(high, prv, 0.02 * high);
    }

    @ParameterizedTest @CsvSource({"RDP", "PRV"}) void changingNoiseAndRateCompose(Accountant accountant) {
        var ledger = new Ledger();
        for (int i = 0; i < 300; i++) ledger.add(1.2, 0.02, 1);
        assertEquals(1, ledger.phases().size());
        double first = accountant.epsilon(ledger.phases(), 1e-5);
        ledger.add(2, 0.04, 200);
        double both = accountant.epsilon(ledger.phases(), 1e-5);
        double second = accountant.epsilon(steps(2, 0.04, 200), 1e-5);
        assertTrue(both > Math.max(first, second) && both < first + second, first + " " + second + " " + both);
        assertEquals(500, ledger.steps());
        var turned = List.of(ledger.phases().get(1), ledger.phases().get(0));
        assertEquals(both, accountant.epsilon(turned, 1e-5), 1e-9);
        var split = List.of(new Ledger.Phase(1.2, 0.02, 100), new Ledger.Phase(1.2, 0.02, 200), ledger.phases().get(1));
        assertEquals(both, accountant.epsilon(split, 1e-5), 1e-6);
    }

    @ParameterizedTest @CsvSource({"RDP", "PRV"}) void aBudgetGivesTheNoiseThatSpendsIt(Accountant accountant) {
        double noise = accountant.noise(3, 1e-5, 0.02, 1000);
        double spent = accountant.epsilon(steps(noise, 0.02, 1000), 1e-5);
        assertTrue(spent <= 3 && spent > 2.98, "" + spent);
    }

    @Test void withoutNoiseNothingIsPrivate() {
        assertEquals(Double.POSITIVE_INFINITY, Accountant.RDP.epsilon(steps(0, 0.1, 1), 1e-5));
        assertEquals(0, Accountant.PRV.epsilon(List.of(), 1e-5));
    }

    @Test void saysWhatIsWrong() {
        assertEquals("Accountant.delta: expected a δ above 0 and below 1, such as 1e-5. Received 0.0.",
                assertThrows(IllegalArgumentException.class, () -> Accountant.RDP.epsilon(steps(1, 0.1, 1), 0))
                        .getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Accountant.RDP.noise(-1, 1e-5, 0.1, 1))
                .getMessage().startsWith("Accountant.epsilon: expected"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Ledger.Phase(1, 0, 1)).getMessage()
                .startsWith("Ledger.rate: expected a sampling rate above 0"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PrivacyOptions.target(0, 1e-5)).getMessage()
                .startsWith("PrivacyOptions.epsilon: expected a budget above 0"));
    }
}

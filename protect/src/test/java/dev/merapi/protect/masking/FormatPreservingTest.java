package dev.merapi.protect.masking;

import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FormatPreservingTest {
    private static final FormatPreserving CIPHER = new FormatPreserving(new byte[32]);

    @ParameterizedTest
    @ValueSource(strings = {"123456", "+49 (30) 90-1820", "ann.Lee@example.com", "Ölgemälde"
            + " ß", "王小明", "00000000",
        "999999", "zzzzz", "4111-1111-1111-1111-1111-1111-1111"})
    void theFormStaysAndTheValueComesBack(String value) {
        String hidden = CIPHER.apply(true, value, "t").orElseThrow();
        assertNotEquals(value, hidden);
        assertEquals(form(value), form(hidden));
        assertEquals(value, CIPHER.apply(false, hidden, "t").orElseThrow());
        assertNotEquals(hidden, CIPHER.apply(true, value, "u").orElseThrow());
    }

    private static String form(String value) {
        return value.replaceAll("\\d", "0").replaceAll("[a-z]", "a").replaceAll("[A-Z]", "A").replaceAll("[ß-"
                + "öø-ÿ]", "ß")
                .replaceAll("[À-ÖØ-Þ]", "À").replaceAll("\\p{IsHan}", "王");
    }

    /** A permutation of the million values of six digits has no value twice. */
    @Test void differentValuesStayDifferent() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 3000; i++) assertTrue(seen.add(CIPHER.apply(true, "%06d".formatted(i), "").orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12345", "abcd", "Ж123456789", "--"})
    void fewFormsAndUnknownLettersAreRefused(String value) {
        assertEquals(Optional.empty(), CIPHER.apply(true, value, ""));
    }
}

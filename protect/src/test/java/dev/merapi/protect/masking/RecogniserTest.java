package dev.merapi.protect.masking;

import dev.merapi.protect.masking.LabelledTexts.Labelled;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is found in texts, one by one, and in a labelled set. */
class RecogniserTest {
    private static final Masker MASKER = Masker.of(MaskRules.DEFAULT, MaskKey.random());

    /** How often findings and truth agree; a value counts as found where findings of its type cover it. */
    private static final class Score {
        private int found, right, covered, values;

        @Override public String toString() {
            return ("precision %.3f recall %.3f of"
                    + " %d").formatted((double) right / found, (double) covered / values, values);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mail to ann.lee+x@mail.example.co.uk now | mail to [EMAIL] now",
        "an @ alone, and a@b | an @ alone, and a@b",
        "pay by 4111 1111 1111 1111, not 4111 1111 1111 1112 | pay by [CARD], not 4111 1111 1111 1112",
        "to GB82 WEST 1234 5698 7654 32 and DE89370400440532013000 | to [IBAN] and [IBAN]",
        "to DE89370400440532013001 | to DE89370400440532013001",
        "from 192.168.0.1, 2001:db8::ff00:42:8329 or 300.1.1.1 at 12:30:59 | from [IP], [IP] or 300.1.1.1 at 12:30:59",
        "id 11010519491231002X | id [RESIDENT_ID]",
        "id 110105194912310021 | id 110105194912310021",
        "passport C01X00T47 | passport [PASSPORT]",
        "part C01X00T47 | part C01X00T47",
        "call +49 30 901820 or phone 2024561111, item 2024561111112 | call [PHONE] or phone [PHONE], item"
                + " 2024561111112",
        "on 2024-02-29, 29.02.2023 or March 5, 2024 | on [DATE], 29.02.2023 or [DATE]",
        "am 1. März 2024, le 1er mars 2024, 2024年3月1日 | am [DATE], le [DATE], [DATE]",
        "Dr. Anna-Lena von der Heide met Mr O'Neil | Dr. [NAME] met Mr [NAME]",
        "Grace under pressure, and will power | Grace under pressure, and will power",
        "我叫欧阳娜娜，找王先生 | 我叫[NAME]，找[NAME]先生",
        "lives at 12 Main Street, Apt. 4, Springfield, IL 62704 | lives at [ADDRESS]",
        "in der Hauptstraße 12a, 10115 Berlin | in der [ADDRESS]",
        "au 12 bis, rue de la Paix, 75002 Paris | au [ADDRESS]",
        "住在浙江省杭州市西湖区文三路90号3幢501室。 | 住在[ADDRESS]。"})
    void personalDataAreMaskedAndLookalikesAreNot(String text, String masked) {
        assertEquals(masked, MASKER.mask(text));
    }

    @Test void whatWasFoundInALabelledSetIsNearlyAllThereIs() {
        var scores = new TreeMap<String, Score>();
        for (String locale : LabelledTexts.locales()) {
            for (var labelled : LabelledTexts.of(locale, 48, 1)) score(labelled, scores);
        }
        for (String sure : List.of("email", "card", "iban", "ip", "resident_id", "date")) {
            var score = scores.get(sure);
            assertTrue(score.covered == score.values && score.right == score.found, sure + ": " + score);
        }
        for (String likely : List.of("phone", "passport", "name", "address")) {
            var score = scores.get(likely);
            assertTrue(score.covered > .8 * score.values, likely + ": " + score);
            assertTrue(score.right > .9 * score.found, likely + ": " + score);
        }
    }

    private static void score(Labelled labelled, Map<String, Score> scores) {
        var found = MASKER.find(labelled.text(), "");
        for (var one : found) {
            var score = scores.computeIfAbsent(one.type(), _ -> new Score());
            score.found++;
            if (labelled.truth().stream().anyMatch(value -> value.type().equals(one.type()) && value.overlaps(one))) {
                score.right++;
            }
        }
        for (var value : labelled.truth()) {
            var score = scores.computeIfAbsent(value.type(), _ -> new Score());
            score.values++;
            if (isCovered(labelled.text(), value, found)) score.covered++;
        }
    }

    private static boolean isCovered(String text, Finding value, List<Finding> found) {
        return IntStream.range(value.start(), value.end())
                .filter(i -> Character.isLetterOrDigit(text.charAt(i)))
                .allMatch(i -> found.stream().anyMatch(one -> one.type().equals(value.type())
                        && one.start() <= i && i < one.end()));
    }
}

package dev.merapi.text.metric;

import dev.merapi.text.metric.Bleu.Smoothing;
import dev.merapi.text.metric.Bleu.Tokens;
import dev.merapi.text.metric.Rouge.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class MetricsTest {
    private static final List<String> WRITTEN =
            List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.");
    private static final List<String> FIRST =
            List.of("The dog bit the man.", "It was not unexpected.", "The man bit him first.");
    private static final List<String> SECOND =
            List.of("The dog had bit the man.", "No one was surprised.", "The man had bitten the dog.");

    private static Bleu add(Bleu bleu) {
        for (int i = 0; i < WRITTEN.size(); i++) bleu.add(WRITTEN.get(i), FIRST.get(i), SECOND.get(i));
        return bleu;
    }

    /** The example of sacreBLEU's README, with the values of its own tests (test_bleu.py). */
    @Test void bleuIsSacreBleus() {
        var bleu = add(new Bleu());
        assertEquals(48.530827, bleu.value(), 1e-5);
        assertEquals("nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0", bleu.signature());
        assertEquals(49.1919566, add(new Bleu(Tokens.NONE, Smoothing.EXP)).value(), 1e-5);
        assertEquals(48.530827, add(new Bleu(Tokens.V13A, Smoothing.NONE)).value(), 1e-5);
        var empty = new Bleu();
        for (int i = 0; i < 3; i++) empty.add("", FIRST.get(i), SECOND.get(i));
        assertEquals(0, empty.value());
        assertEquals(0, new Bleu().value());
    }

    /** One text: 4 of 6 words, 2 of 5 pairs, 1 of 4 threes and 0 of 3 fours; 6 words for 8 (test_bleu.py). */
    @Test void bleuIsSmoothedWhereNothingIsRight() {
        var floor = new Bleu(Tokens.NONE, Smoothing.FLOOR);
        floor.add("am I am a character sequence", "I am a symbol string sequence a a");
        assertEquals(15.55722182, floor.value(), 1e-6);
        var none = new Bleu(Tokens.NONE, Smoothing.NONE);
        none.add("am I am a character sequence", "I am a symbol string sequence a a");
        assertEquals(0, none.value());
        var exp = new Bleu(Tokens.NONE, Smoothing.EXP);
        exp.add("am I am a character sequence", "I am a symbol string sequence a a");
        double precisions = 4 / 6.0 * 2 / 5 * 1 / 4 * 0.5 / 3;
        assertEquals(100 * Math.exp(1 - 8 / 6.0) * Math.pow(precisions, 0.25), exp.value(), 1e-9);
        var more = new Bleu(Tokens.NONE, Smoothing.ADD_K);
        more.add("am I am a character sequence", "I am a symbol string sequence a a");
        double added = 4 / 6.0 * 3 / 6 * 2 / 5 * 1 / 4;
        assertEquals(100 * Math.exp(1 - 8 / 6.0) * Math.pow(added, 0.25), more.value(), 1e-9);
    }

    /** A text shorter than four words is measured by the runs that it has (test_bleu.py: effective order). */
    @Test void bleuOfOneText() {
        assertEquals(100, Bleu.sentence("a test", "a test"), 1e-9);
        assertEquals(36.78794411714425, Bleu.sentence("test", "a test"), 1e-9);
    }

    /** mteval-v13a: punctuation apart, numbers whole. */
    @Test void wordsAreThoseOfMteval() {
        assertEquals(List.of("Hello", ",", "(", "world", ")", "!"), Tokens.V13A.split("Hello, (world)!"));
        assertEquals(List.of("It", "costs", "1,000.50", "$", "."), Tokens.V13A.split("It costs 1,000.50 $."));
        assertEquals(List.of("10", "-", "12", "\"", "&", "well-known"),
                Tokens.V13A.split("10-12 &quot;&amp; well-known"));
        assertEquals(List.of("我", "是"), Tokens.CHAR.split("我 是"));
    }

    /** test_chrf.py with its beta of 3 changed to 2 by hand where runs of all lengths are equal. */
    @Test void chrfIsSacreBleus() {
        assertEquals(100, chrf("Niemand hat die Absicht", "Niemand hat die Absicht"), 1e-9);
        assertEquals(100, chrf("a b c", "abc"), 1e-9);
        assertEquals(0, chrf("", "reference"));
        assertEquals(25, chrf("aa", "ab"), 1e-9); // half of the letters, none of the pairs
        var both = new Chrf();
        both.add("a", "a");
        both.add("b", "c");
        assertEquals(50, both.value(), 1e-9);
        // The values are with its epsilon smoothing, which changes the fourth digit behind the point here.
        assertEquals(39.14078509, chrf("Co nás nejvíc trápí, protože lékaři si vybírají, kdo bude žít a kdo zemře.",
                "Nejvíce smutní jsme z toho, že musíme rozhodovat o tom, kdo bude žít a kdo zemře."), 1e-3);
        assertEquals(31.22557079, chrf("Nebo prostě nemají vybavení, které by jim pomohlo, uvedli lékaři.",
                "A někdy nemáme ani potřebný materiál, abychom jim pomohli, popsali lékaři."), 1e-3);
        assertEquals(57.15704367, chrf("Lapali po dechu, jejich životy skončily dřív, než skutečně začaly.",
                "Lapali po dechu a pak jejich život skončil - dřív, než skutečně mohl začít, připomněli."), 1e-3);
    }

    private static double chrf(String text, String reference) {
        var chrf = new Chrf();
        chrf.add(text, reference);
        return chrf.value();
    }

    /** By hand: letters 1 of 2 and none of the longer runs; the words "a" and "b." of "a" and "c." with their dots. */
    @Test void chrfPlusPlusCountsWords() {
        var plus = Chrf.plusPlus();
        plus.add("a b.", "a c.");
        double letters = 2 / 3.0; // a and the dot, of three; no pair, no three
        double words = 2 / 3.0; // the same, as words; no pair
        double mean = (letters + words) / 5; // three lengths of letters and two of words that both have
        assertEquals(100 * mean, plus.value(), 1e-9);
    }

    /** Lin's own example: "police killed the gunman" against "police kill the gunman" and "the gunman kill police". */
    @Test void rougeIsLins() {
        String reference = "police killed the gunman";
        assertEquals(0.75, Rouge.score(Kind.ROUGE_L, "police kill the gunman", reference).f1(), 1e-9);
        assertEquals(0.5, Rouge.score(Kind.ROUGE_L, "the gunman kill police", reference).f1(), 1e-9);
        assertEquals(1 / 3.0, Rouge.score(Kind.ROUGE_2, "police kill the gunman", reference).f1(), 1e-9);
        assertEquals(0.75, Rouge.score(Kind.ROUGE_1, "the gunman kill police", reference).recall(), 1e-9);
        var score = Rouge.score(Kind.ROUGE_1, "Testing one, two.", "testing"); // rouge_score's test_rouge_scorer
        assertEquals(1, score.recall());
        assertEquals(1 / 3.0, score.precision(), 1e-9);
        assertEquals(0, Rouge.score(Kind.ROUGE_1, "", "testing").f1());
    }

    /** Lin 2004, section 3.2: w1 w2 w3 w4 w5 against w1 w2 w6 w7 w8 and w1 w3 w8 w9 w5: the union is w1 w2 w3 w5. */
    @Test void rougeOfLinesJoinsWhatEachFinds() {
        var score = Rouge.score(Kind.ROUGE_L_SUM, "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5");
        assertEquals(4 / 5.0, score.recall(), 1e-9);
        assertEquals(4 / 10.0, score.precision(), 1e-9);
    }

    @Test void rougeIsAMeanOverTheBestReferences() {
        var rouge = new Rouge(Kind.ROUGE_1);
        rouge.add("a b", "c d", "a b");
        rouge.add("a b", "c d");
        assertEquals(0.5, rouge.value().f1(), 1e-9);
        assertEquals(0, new Rouge(Kind.ROUGE_1).value().f1());
    }

    /** As evaluate-v1.1.py: case, articles, punctuation and white space do not count. */
    @Test void answersAreNormalised() {
        assertEquals(1, AnswerScore.exact("The  Eiffel Tower!", "eiffel tower"));
        assertEquals(0, AnswerScore.exact("Paris", "in Paris"));
        assertEquals(2 / 3.0, AnswerScore.f1("Paris", "in Paris"), 1e-9);
        assertEquals(1, AnswerScore.f1("", "the"));
        assertEquals(0, AnswerScore.f1("", "Paris"));
        var score = new AnswerScore();
        assertEquals(Double.NaN, score.f1());
        score.add("Paris", "in Paris", "Paris, France");
        score.add("London", "London");
        assertEquals(50, score.exactMatch());
        assertEquals(100 * (2 / 3.0 + 1) / 2, score.f1(), 1e-9);
    }

    /** evaluate-v2.0.py: no answer is right where none is expected; Unicode letters belong to words (Python's \\b). */
    @Test void answersMayBeMissing() {
        var score = new AnswerScore();
        score.add("", "");
        score.add("The", ""); // nothing is left of it
        score.add("Paris", "");
        score.add("", "the", "Paris"); // "the" does not count as an empty answer
        assertEquals(50, score.exactMatch());
        assertEquals(50, score.f1());
        assertEquals(0, AnswerScore.f1("Espa\u00f1", "Espa\u00f1a")); // its last letter is no article
        assertEquals(1, AnswerScore.exact("in\u00a0Paris", "in Paris"));
    }

    /** rouge_scorer_test.py, whose numbers are those of ROUGE-1.5.5 for its random words (testdata/target.txt). */
    @Test void rougeIsThePerlScripts() {
        String target = "ZfbCUIUuePaiLVUlCaUXxkpu XPeWing tUHfPMuZ',-Xd Y BrUgVJing M-HV.-DgdDaY.rFDJCRing Ht-LM "
                + "EKBDXkME,yz'RBr q'wtion wIojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxer tKM L";
        String prediction = "rFDJCRtion Ht-LM EKtDXkME,yz'RBr q'wer wrojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxi";
        assertScore(0.68750, 0.40741, 0.51163, Rouge.score(Kind.ROUGE_1, prediction, target));
        assertScore(0.53333, 0.30769, 0.39024, Rouge.score(Kind.ROUGE_2, prediction, target));
        assertScore(0.68750, 0.40741, 0.51163, Rouge.score(Kind.ROUGE_L, prediction, target));
        assertScore(0, 0, 0, Rouge.score(Kind.ROUGE_L_SUM, "/", target));
    }

    private static void assertScore(double precision, double recall, double f1, Rouge.Score score) {
        assertEquals(precision, score.precision(), 5e-6);
        assertEquals(recall, score.recall(), 5e-6);
        assertEquals(f1, score.f1(), 5e-6);
    }

    /** The example of seqeval's README: one of two entities to the word. */
    @Test void entitiesCountToTheWord() {
        var f1 = new EntityF1();
        f1.add(List.of("O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"),
                List.of("O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"));
        f1.add(List.of("B-PER", "I-PER", "O"), List.of("B-PER", "I-PER", "O"));
        assertEquals(0.5, f1.micro().f1(), 1e-9);
        assertEquals(0.5, f1.macro().f1(), 1e-9);
        assertEquals(new EntityF1.Score(1, 1, 1, 1), f1.byType().get("PER"));
        assertEquals(new EntityF1.Score(0, 0, 0, 1), f1.byType().get("MISC"));
        var borders = new EntityF1();
        borders.add(List.of("I-PER", "B-PER", "I-LOC"), List.of("B-PER", "B-PER", "B-LOC"));
        assertEquals(new EntityF1.Score(1, 1, 1, 3), borders.micro());
    }

    @Test void badInputIsNamed() {
        assertEquals("Bleu.add: expected at least one reference. Received none.",
                assertThrows(IllegalArgumentException.class, () -> new Bleu().add("a")).getMessage());
        assertEquals("Chrf.add: expected at least one reference. Received none.",
                assertThrows(IllegalArgumentException.class, () -> new Chrf().add("a")).getMessage());
        assertEquals("Rouge.add: expected at least one reference. Received none.",
                assertThrows(IllegalArgumentException.class, () -> new Rouge(Kind.ROUGE_L).add("a")).getMessage());
        assertEquals("EntityF1.add: expected as many labels as words, 2. Received 1",
                assertThrows(IllegalArgumentException.class,
                        () -> new EntityF1().add(List.of("O"), List.of("O", "O"))).getMessage());
        assertEquals("EntityF1.add: expected labels such as O, B-PER and I-PER (or E-PER and S-PER). Received \"PER\"",
                assertThrows(IllegalArgumentException.class,
                        () -> new EntityF1().add(List.of("O"), List.of("PER"))).getMessage());
        assertEquals("Chrf: expected 0 words or more. Received -1",
                assertThrows(IllegalArgumentException.class, () -> new Chrf(-1, false)).getMessage());
    }
}

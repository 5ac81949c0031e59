package dev.merapi.text.recipe;

import dev.merapi.text.metric.Bleu;
import dev.merapi.text.metric.Chrf;
import dev.merapi.text.metric.Rouge;
import java.util.List;
import java.util.Map;

/** How good texts are that a model has written, by the measures of the field. */
enum WrittenScores {
    /** BLEU and chrF, 0 to 100, as sacreBLEU. */
    OF_TRANSLATIONS {
        @Override Map<String, Double> of(List<String> written, List<String> right) {
            var bleu = new Bleu();
            var chrf = new Chrf();
            for (int i = 0; i < written.size(); i++) {
                bleu.add(written.get(i), right.get(i));
                chrf.add(written.get(i), right.get(i));
            }
            return Map.of("bleu", bleu.value(), "chrf", chrf.value());
        }
    },
    /** F1 of words, of pairs of words and of the longest common sequence, 0 to 1, as rouge_score. */
    OF_SUMMARIES {
        @Override Map<String, Double> of(List<String> written, List<String> right) {
            return Map.of("rouge1", f1(Rouge.Kind.ROUGE_1, written, right),
                    "rouge2", f1(Rouge.Kind.ROUGE_2, written, right),
                    "rouge_l", f1(Rouge.Kind.ROUGE_L, written, right));
        }

        private static double f1(Rouge.Kind kind, List<String> written, List<String> right) {
            var rouge = new Rouge(kind);
            for (int i = 0; i < written.size(); i++) rouge.add(written.get(i), right.get(i));
            return rouge.value().f1();
        }
    };

    /** @param right one for each that was written */
    abstract Map<String, Double> of(List<String> written, List<String> right);
}

package dev.merapi.protect.command;

import dev.merapi.nn.Embedding;
import dev.merapi.protect.robustness.WordSubstitution;
import dev.merapi.protect.robustness.WordSubstitution.Attacked;
import dev.merapi.recipe.Command.Answer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A classifier of texts whose words are replaced by neighbours of their vectors, taken from the other texts. */
final class AttackedTexts {
    private static final int NEIGHBOURS = 8;
    private static final double LEAST = .3; // cosine of a neighbour

    private final GlassBox<String> box;
    private final Map<String, Long> ids = new HashMap<>();
    private final WordSubstitution attack;
    private int count;
    private int succeeded;

    AttackedTexts(GlassBox<String> box, List<String> texts, AttackCommand.Config settings) {
        this.box = box;
        var vectors = vectors(texts);
        var nearest = WordSubstitution.nearest(vectors, NEIGHBOURS, LEAST);
        attack = new WordSubstitution(this::probabilities, word -> isWord(word) ? nearest.apply(word).stream()
                .filter(AttackedTexts::isWord).toList() : List.of(), settings.budget());
    }

    /** Special tokens and ends of words stay. */
    private static boolean isWord(String token) { return token.matches("[\\p{L}▁Ġ].*"); }

    private Map<String, float[]> vectors(List<String> texts) {
        var table = box.model().layers().values().stream().filter(Embedding.class::isInstance).findFirst()
                .map(layer -> layer.params().values().iterator().next())
                .orElseThrow(() -> Expect.error("attack", "a model with a table of words' vectors", "one without"));
        var vectors = new LinkedHashMap<String, float[]>();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (String text : texts) {
                var words = box.parts(text);
                long[] encoded = box.encode(List.of(text)).toLongs();
                for (int i = 0; i < Math.min(words.size(), encoded.length); i++) {
                    if (ids.putIfAbsent(words.get(i), encoded[i]) != null) continue;
                    vectors.put(words.get(i), table.select(0, encoded[i]).contiguous().toFloats());
                }
            }
        }
        return vectors;
    }

    /** All texts of a call have as many words. */
    private double[][] probabilities(List<List<String>> texts) {
        int length = texts.getFirst().size();
        long[] flat = texts.stream().flatMap(List::stream).mapToLong(ids::get).toArray();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var p = box.scores(Tensor.of(flat, texts.size(), length).to(box.model().device())).softmax(1);
            double[] values = p.toDoubles();
            var rows = new double[texts.size()][(int) p.size(1)];
            for (int i = 0; i < values.length; i++) rows[i / rows[0].length][i % rows[0].length] = values[i];
            return rows;
        }
    }

    Answer answer(String text) {
        var words = box.parts(text);
        double[] before = probabilities(List.of(words))[0];
        int label = 0;
        for (int c = 1; c < before.length; c++) if (before[c] > before[label]) label = c;
        Attacked attacked = attack.attack(words, label);
        count++;
        if (attacked.succeeded()) succeeded++;
        double[] after = probabilities(List.of(attacked.words()))[0];
        int now = 0;
        for (int c = 1; c < after.length; c++) if (after[c] > after[now]) now = c;
        var values = new LinkedHashMap<String, Object>();
        values.put("label", box.outputs().get(label));
        values.put("attacked_label", box.outputs().get(now));
        values.put("replaced", attacked.replaced());
        values.put("words", attacked.words());
        return new Answer("%s %.1f %%; with %d words replaced %s %.1f %%: %s".formatted(box.outputs().get(label),
                100 * before[label], attacked.replaced(), box.outputs().get(now), 100 * after[now],
                marked(words, attacked.words())), values);
    }

    private static String marked(List<String> before, List<String> after) {
        var words = new ArrayList<String>();
        for (int i = 0; i < before.size(); i++) {
            boolean same = before.get(i).equals(after.get(i));
            words.add(same ? before.get(i) : "[" + before.get(i) + " → " + after.get(i) + "]");
        }
        return words.stream().collect(Collectors.joining(" "));
    }

    Answer summary() {
        var values = new LinkedHashMap<String, Object>();
        values.put("texts", count);
        values.put("changed", succeeded);
        return new Answer(succeeded + " of " + count + " texts got another class", values);
    }
}

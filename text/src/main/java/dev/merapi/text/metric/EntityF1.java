package dev.merapi.text.metric;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Entities that are found to the word, by their labels {@code B-PER}, {@code I-PER}, {@code O}, …: the numbers of
 * seqeval and of CoNLL's script. An {@code I-} that follows nothing of its type begins an entity too.
 */
public final class EntityF1 {
    private static final String NO_TYPE = "_"; // of labels B and I alone

    private final Map<String, long[]> counts = new TreeMap<>(); // by type: found and right, found, right

    /** Precision, recall and F1 from 0 to 1, and how many entities there should be. */
    public record Score(double precision, double recall, double f1, long support) {
        private static Score of(long[] counts) {
            double p = counts[1] == 0 ? 0 : (double) counts[0] / counts[1];
            double r = counts[2] == 0 ? 0 : (double) counts[0] / counts[2];
            return new Score(p, r, p + r == 0 ? 0 : 2 * p * r / (p + r), counts[2]);
        }
    }

    /** @param end of the last word, included */
    private record Entity(String type, int start, int end) {}

    /** @param place B, I, E or S for the first word, one inside, the last and the only word of an entity; O for none */
    private record Label(char place, String type) {
        private static final Label OUTSIDE = new Label('O', "");
        private static final Pattern FORM = Pattern.compile("([BIES])(?:-(.+))?");

        static Label of(String text) {
            if (text.equals("O")) return OUTSIDE;
            var form = FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException("EntityF1.add: expected labels such as O, B-PER and I-PER (or E-PER"
                        + " and S-PER). Received \"" + text + "\"");
            }
            return new Label(text.charAt(0), form.group(2) == null ? NO_TYPE : form.group(2));
        }

        boolean continues(Label last) {
            return (place == 'I' || place == 'E') && (last.place == 'B' || last.place == 'I') && type.equals(last.type);
        }
    }

    /** Whether a label is of the form that is compared: {@code O}, {@code B-PER}, {@code I}, … */
    public static boolean isLabel(String label) { return label.equals("O") || Label.FORM.matcher(label).matches(); }

    /**
     * Takes in a sentence's labels, one for each word.
     *
     * @throws IllegalArgumentException if there are not as many as expected, or if one is of another form
     */
    public void add(List<String> labels, List<String> expected) {
        if (labels.size() != expected.size()) {
            throw new IllegalArgumentException("EntityF1.add: expected as many labels as words, " + expected.size()
                    + ". Received " + labels.size());
        }
        var found = entities(labels);
        var right = entities(expected);
        found.forEach(entity -> {
            var count = counts.computeIfAbsent(entity.type, _ -> new long[3]);
            count[1]++;
            if (right.contains(entity)) count[0]++;
        });
        right.forEach(entity -> counts.computeIfAbsent(entity.type, _ -> new long[3])[2]++);
    }

    /** Takes in all that another has counted. */
    public void merge(EntityF1 other) { other.counts.forEach(this::add); }

    /** Takes in what was counted of a type: found and right, found, right. */
    void add(String type, long... more) {
        var count = counts.computeIfAbsent(type, _ -> new long[3]);
        for (int i = 0; i < 3; i++) count[i] += more[i];
    }

    /** What was counted of a type, as {@link #add(String, long...)} takes it in. */
    long[] counts(String type) { return counts.getOrDefault(type, new long[3]); }

    /** The types in some labels, each once. */
    static Stream<String> types(List<String> labels) {
        return labels.stream().map(Label::of).filter(label -> label.place != 'O').map(Label::type).distinct().sorted();
    }

    private static Set<Entity> entities(List<String> labels) {
        var entities = new HashSet<Entity>();
        var last = Label.OUTSIDE;
        int start = -1;
        for (int i = 0; i <= labels.size(); i++) {
            var label = i < labels.size() ? Label.of(labels.get(i)) : Label.OUTSIDE;
            if (start >= 0 && !label.continues(last)) {
                entities.add(new Entity(last.type, start, i - 1));
                start = -1;
            }
            if (start < 0 && label.place != 'O') start = i;
            last = label;
        }
        return entities;
    }

    /** The score of each type. */
    public Map<String, Score> byType() {
        var scores = new TreeMap<String, Score>();
        counts.forEach((type, count) -> scores.put(type, Score.of(count)));
        return scores;
    }

    /** The score over all entities together. */
    public Score micro() {
        var sum = new long[3];
        counts.values().forEach(count -> {
            for (int i = 0; i < 3; i++) sum[i] += count[i];
        });
        return Score.of(sum);
    }

    /** The mean over the types, and all entities as support. */
    public Score macro() {
        var scores = byType().values();
        return new Score(scores.stream().mapToDouble(Score::precision).average().orElse(0),
                scores.stream().mapToDouble(Score::recall).average().orElse(0),
                scores.stream().mapToDouble(Score::f1).average().orElse(0), micro().support);
    }
}

package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor.Written;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Beam search as Hugging Face's: for each prompt it goes on with the likeliest {@code beams} texts, and in the end
 * takes the ended one with the best score, which is its log-probability divided by its length to the power of the
 * length penalty; the end token counts in both.
 */
final class BeamSearch {
    /** A text, with its row in the batch while it is open. */
    private record Beam(long[] ids, double logProbability, int row) {
        /** With one more token. */
        Beam with(long id, double total) {
            long[] longer = Arrays.copyOf(ids, ids.length + 1);
            longer[ids.length] = id;
            return new Beam(longer, total, row);
        }

        Beam in(int otherRow) { return new Beam(ids, logProbability, otherRow); }
    }

    private record Ended(long[] ids, double score) {}

    private final Generation options;
    private final Set<Long> ends;
    private final LogitsProcessor processor;
    private final long[] prompt;
    private final List<Ended> ended = new ArrayList<>();
    private List<Beam> open;

    private BeamSearch(Generation options, Set<Long> ends, LogitsProcessor processor, long[] prompt, int row) {
        this.options = options;
        this.ends = ends;
        this.processor = processor;
        this.prompt = prompt;
        open = List.of(new Beam(new long[0], 0, row));
    }

    /**
     * The texts of each prompt, as many as beams and the best first, without the tokens that ended them.
     *
     * @param prompts what the texts go on from; the token that begins one for a translator
     */
    static List<List<long[]>> run(Rows rows, List<long[]> prompts, Set<Long> ends,
            Function<long[], Generation> options, Function<Generation, LogitsProcessor> processor) {
        var searches = new ArrayList<BeamSearch>();
        for (int row = 0; row < prompts.size(); row++) {
            var own = options.apply(prompts.get(row));
            searches.add(new BeamSearch(own, ends, processor.apply(own), prompts.get(row), row));
        }
        for (int length = 1; ; length++) {
            try (var _ = Scope.open()) {
                var logits = rows.logits();
                for (var search : searches) search.step(logits, length);
                var open = searches.stream().flatMap(search -> search.open.stream()).toList();
                if (open.isEmpty()) break;
                rows.go(open.stream().mapToInt(Beam::row).toArray(),
                        open.stream().mapToLong(beam -> beam.ids()[beam.ids().length - 1]).toArray());
                int row = 0;
                for (var search : searches) row = search.moveTo(row);
            }
        }
        return searches.stream().map(search -> search.ended.stream().map(Ended::ids).toList()).toList();
    }

    private int moveTo(int row) {
        int from = row;
        open = IntStream.range(0, open.size()).mapToObj(i -> open.get(i).in(from + i)).toList();
        return from + open.size();
    }

    /** Makes texts of {@code length} tokens of those with one fewer; none stays open when the search has ended. */
    private void step(Tensor logits, int length) {
        if (open.isEmpty()) return;
        var candidates = candidates(logits);
        var next = new ArrayList<Beam>();
        for (int rank = 0; rank < candidates.size() && next.size() < options.beams(); rank++) {
            var beam = candidates.get(rank);
            if (!ends.contains(beam.ids()[length - 1])) next.add(beam);
            else if (rank < options.beams()) end(Arrays.copyOf(beam.ids(), length - 1), score(beam, length));
        }
        boolean over = isOver(score(candidates.getFirst(), length));
        if (!over && length == options.maxTokens()) {
            next.forEach(beam -> end(beam.ids(), score(beam, length)));
            over = true;
        }
        open = over ? List.of() : next;
    }

    /** The likeliest texts that are longer by a token: enough for all beams, even if each end token comes first. */
    private List<Beam> candidates(Tensor logits) {
        var totals = open.stream().map(beam -> processor
                .process(new Written(prompt, beam.ids()), logits.select(0, beam.row()).logSoftmax(0))
                .add(beam.logProbability())).toList();
        long vocabulary = logits.size(1);
        var best = Tensor.cat(totals, 0).topk(
                Math.min(options.beams() * Math.max(2L, 1 + ends.size()), open.size() * vocabulary), 0);
        double[] values = best.values().toDoubles();
        long[] places = best.indices().toLongs();
        var candidates = IntStream.range(0, values.length).filter(i -> values[i] > Double.NEGATIVE_INFINITY)
                .mapToObj(i -> open.get((int) (places[i] / vocabulary)).with(places[i] % vocabulary, values[i]))
                .toList();
        if (candidates.isEmpty()) throw Sequence.allRuledOut(vocabulary, open.getFirst().ids().length);
        return candidates;
    }

    private double score(Beam beam, int length) {
        return beam.logProbability() / Math.pow(length, options.lengthPenalty());
    }

    private void end(long[] ids, double score) {
        ended.add(new Ended(ids, score));
        ended.sort(Comparator.comparingDouble(Ended::score).reversed());
        if (ended.size() > options.beams()) ended.removeLast();
    }

    /** Whether no open text can become one of the best, as far as the best of them now lets one guess. */
    private boolean isOver(double attainable) {
        return ended.size() == options.beams()
                && (options.earlyStopping() || ended.getLast().score() >= attainable);
    }
}

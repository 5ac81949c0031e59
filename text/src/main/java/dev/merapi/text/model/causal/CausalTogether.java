package dev.merapi.text.model.causal;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.RaggedDecoding;
import dev.merapi.text.model.causal.KvMemory.Known;
import dev.merapi.text.model.causal.KvMemory.Part;
import dev.merapi.text.model.causal.KvMemory.Stretch;
import dev.merapi.text.model.causal.RaggedCache.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Reads texts together as one long one, in which each token sees those before it in its own text. */
final class CausalTogether implements RaggedDecoding {
    private final CausalLm model;
    private final KvMemory memory;
    private final StageSession session;
    private final Guard evaluating;
    private final String identity; // of the model, where what is known is kept
    private final Path kept; // or null

    /**
     * @param session with the model's other stages; null for none
     * @param evaluating ends with this
     * @param kept a file for what is known of prompts; null for none
     */
    CausalTogether(CausalLm model, KvMemory memory, StageSession session, Guard evaluating, Path kept) {
        this.model = model;
        this.memory = memory;
        this.session = session;
        this.evaluating = evaluating;
        this.kept = kept;
        identity = kept == null ? null : Identity.of(model);
        if (kept != null) KeptMemory.load(memory, identity, kept);
    }

    /** What is remembered of a text: parts of others' memory, and then its own. */
    private final class Line implements Row {
        private final List<Part> shared;
        private final Stretch own;
        private final int begin; // tokens in the shared parts
        private final int most; // tokens that it will have in its own memory, as far as one knows
        private Known last; // the last block that others may find
        private int learnt; // tokens up to there
        private long[] ids; // that it remembers, in a longer array
        private int length;
        private int settled; // tokens that are not taken back

        private Line(long[] text, List<Known> known, int ahead) {
            shared = KvMemory.parts(known);
            shared.forEach(part -> memory.use(part.memory()));
            begin = known.size() * KvMemory.BLOCK;
            last = known.isEmpty() ? memory.root() : known.getLast();
            learnt = begin;
            length = begin;
            settled = begin;
            ids = Arrays.copyOf(text, Math.max(text.length, 1));
            most = (int) Math.min(model.context(), text.length + (long) ahead) - begin;
            own = memory.open();
        }

        @Override public int length() { return length; }

        /** Tokens in its own memory. */
        private int owned() { return length - begin; }

        @Override public void forget(int tokens) {
            length -= tokens;
            settled = length;
        }

        /** Others may find what was read, unless it may yet be taken back. */
        private void learn() {
            for (; learnt + KvMemory.BLOCK <= settled; learnt += KvMemory.BLOCK) {
                last = memory.learn(last, ids, learnt, own, learnt - begin);
            }
        }

        private void append(long[] more, int guessed) {
            if (length + more.length > ids.length) ids = Arrays.copyOf(ids, 2 * (length + more.length));
            System.arraycopy(more, 0, ids, length, more.length);
            length += more.length;
            settled = length - guessed;
            learn();
        }

        @Override public void close() {
            settled = length; // what was read of wrong guesses is right, too
            learn();
            shared.forEach(part -> memory.leave(part.memory()));
            memory.leave(own);
        }

        @Override public void discard() {
            shared.forEach(part -> memory.leave(part.memory()));
            memory.discard(own);
        }
    }

    @Override public void expectRoom(long[] text) {
        model.checkPrompts(List.of(text));
        if (text.length + 1L > memory.tokens()) {
            throw Expect.error("RaggedDecoding.Memory", "room for the " + text.length + " tokens of a prompt and what"
                    + " follows", memory.tokens() + " tokens", "give more memory");
        }
    }

    @Override public Row open(long[] text, int ahead) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var line = open(text, memory.find(text), ahead);
            // what is known may itself take the room, and nobody is to be waited for
            return line == null && memory.isIdle() ? open(text, List.of(), ahead) : line;
        }
    }

    private Line open(long[] text, List<Known> known, int ahead) {
        var line = new Line(text, known, ahead);
        int rest = text.length - line.begin + 1; // and the first token that is written
        if (memory.grow(line.own, 0, rest, Math.max(rest, line.most))) return line;
        line.close();
        return null;
    }

    @Override public boolean hasRoom(Row row, int tokens) {
        var line = (Line) row;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            int need = line.owned() + tokens;
            return memory.grow(line.own, line.owned(), need, Math.max(need, line.most));
        }
    }

    @Override public Tensor read(List<Piece> pieces) {
        Tensor wanted;
        try (var _ = Torch.inference()) {
            long[] ids = pieces.stream().flatMapToLong(piece -> LongStream.of(piece.ids())).toArray();
            var cache = new RaggedCache(spans(pieces), model.device(), session);
            Tensor all = model.decoded(Tensor.of(ids, 1, ids.length).to(model.device()), cache); // (1, N, E)
            wanted = all.select(0, 0).indexSelect(0, Tensor.of(wanted(pieces)).to(model.device()));
        }
        pieces.forEach(piece -> ((Line) piece.row()).append(piece.ids(), piece.guessed()));
        return model.logits(wanted);
    }

    private static List<Span> spans(List<Piece> pieces) {
        var spans = new ArrayList<Span>();
        int from = 0;
        for (var piece : pieces) {
            var line = (Line) piece.row();
            spans.add(new Span(line.shared, line.own, line.owned(), from, piece.ids().length));
            from += piece.ids().length;
        }
        return spans;
    }

    /** Where the tokens stand whose logits are asked for. */
    private static long[] wanted(List<Piece> pieces) {
        var all = LongStream.builder();
        long end = 0;
        for (var piece : pieces) {
            end += piece.ids().length;
            LongStream.range(end - piece.wanted(), end).forEach(all);
        }
        return all.build().toArray();
    }

    @Override public void close() {
        if (kept != null) KeptMemory.save(memory, identity, kept);
        memory.close();
        evaluating.close();
    }
}

package dev.merapi.text.constrain;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.constrain.Automaton.State;
import dev.merapi.text.generate.LogitsProcessor;
import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.TokenBytes;
import java.util.Arrays;
import java.util.Set;

/**
 * Lets a model write only what a schema allows, after Willard and Louf 2023, arXiv:2307.09702: of each token it looks
 * whether its bytes may come next. Where few tokens are left, only those may come from which the text can still be
 * ended, so that it is always whole. Threads may share one.
 */
public final class Constraint implements LogitsProcessor.Bounded {
    private final Automaton automaton;
    private final TokenBytes tokens;

    private Constraint(Automaton automaton, TokenBytes tokens) {
        this.automaton = automaton;
        this.tokens = tokens;
    }

    /** What a schema says, in the tokens of a codec. */
    public static Constraint of(JsonSchema schema, TextCodec codec) { return of(schema, TokenBytes.of(codec)); }

    /** The same with bytes of tokens that were looked up before, which takes a moment for large vocabularies. */
    public static Constraint of(JsonSchema schema, TokenBytes tokens) {
        return new Constraint(new Automaton(schema.grammar()), tokens);
    }

    @Override public LogitsProcessor within(Set<Long> ends, int maxTokens) {
        Expect.that(!ends.isEmpty(), "Constraint", "a model with a token that ends texts", "one without");
        int shortest = automaton.start().shortest();
        Expect.that(shortest < maxTokens, "Constraint", "at least " + (shortest + 1) + " tokens, for what the schema"
                + " asks for at least", "maxTokens " + maxTokens);
        return (written, logits) -> {
            var state = automaton.start();
            for (long id : written.text()) state = after(state, id);
            return masked(state, logits, ends, maxTokens - written.text().length);
        };
    }

    private State after(State state, long id) {
        var now = state;
        for (byte octet : tokens.of(id)) now = now == null ? null : automaton.next(now, octet & 0xFF);
        if (now != null) return now;
        throw new IllegalStateException("Constraint: expected tokens that it let pass. Received " + id + ".");
    }

    /** @param left tokens that may still be written, the next among them */
    private Tensor masked(State state, Tensor logits, Set<Long> ends, int left) {
        var ruledOut = new boolean[(int) logits.numel()];
        Arrays.fill(ruledOut, true);
        tokens.walk(state, automaton::next, (id, reached) -> {
            if (id < ruledOut.length && reached.shortest() < left) ruledOut[id] = false;
        });
        for (long end : ends) if (end < ruledOut.length) ruledOut[(int) end] = !state.mayEnd();
        return logits.maskedFill(Tensor.of(ruledOut).to(logits.device()), Double.NEGATIVE_INFINITY);
    }
}

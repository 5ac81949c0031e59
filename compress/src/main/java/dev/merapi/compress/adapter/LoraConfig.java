package dev.merapi.compress.adapter;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * How a LoRA is made.
 *
 * @param rank of the product that is added to a weight
 * @param alpha the product is multiplied by {@code alpha / rank}
 * @param dropout of what the product sees, in training
 * @param targets patterns of the layers' names, as {@link dev.merapi.nn.NamePattern} has them
 * @param whole names of layers that are trained and saved as a whole, such as a new head; those not there do not matter
 * @param dora whether length and direction of the weights' rows are trained apart. Liu et al. 2024, arXiv:2402.09353
 * @param rankStabilised whether to multiply by {@code alpha / √rank} instead. Kalajdzievski 2023, arXiv:2312.03732
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targets, List<String> whole,
        boolean dora, boolean rankStabilised) {
    /** Queries and values of attention, by the names that they have in BERT, DistilBERT, GPT-2, Llama and T5. */
    public static final List<String> ATTENTION = List.of("*.query", "*.value", "*.q_lin", "*.v_lin", "*.c_attn",
            "*.q_proj", "*.v_proj", "*.q", "*.v");

    public LoraConfig {
        Expect.atLeast("LoraConfig.rank", 1, rank);
        Expect.positive("LoraConfig.alpha", alpha);
        Expect.fraction("LoraConfig.dropout", dropout);
        Expect.that(!targets.isEmpty(), "LoraConfig.targets", "patterns of names, such as *.query", "none");
        targets = List.copyOf(targets);
        whole = List.copyOf(whole);
    }

    /** Of the queries and values of attention, with {@code alpha = 2 · rank}, as is usual. */
    public static LoraConfig of(int rank) {
        return new LoraConfig(rank, 2.0 * rank, 0, ATTENTION, List.of(), false, false);
    }

    /** The same for other layers. */
    public LoraConfig targets(String... patterns) {
        return new LoraConfig(rank, alpha, dropout, List.of(patterns), whole, dora, rankStabilised);
    }

    /** The same with layers that are trained as a whole. */
    public LoraConfig whole(String... names) {
        return new LoraConfig(rank, alpha, dropout, targets, List.of(names), dora, rankStabilised);
    }

    /** The same with another factor. */
    public LoraConfig alpha(double alpha) {
        return new LoraConfig(rank, alpha, dropout, targets, whole, dora, rankStabilised);
    }

    /** The same with dropout. */
    public LoraConfig dropout(double dropout) {
        return new LoraConfig(rank, alpha, dropout, targets, whole, dora, rankStabilised);
    }

    /** The same, or not, as DoRA. */
    public LoraConfig dora(boolean dora) {
        return new LoraConfig(rank, alpha, dropout, targets, whole, dora, rankStabilised);
    }

    /** What the product is multiplied by. */
    public double scale() { return alpha / (rankStabilised ? Math.sqrt(rank) : rank); }
}

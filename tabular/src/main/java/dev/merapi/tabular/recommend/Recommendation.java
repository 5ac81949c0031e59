package dev.merapi.tabular.recommend;

/** An item for a user, and how well it suits by the model's score; greater is better, the scale is the model's. */
public record Recommendation(String item, double score) {
    @Override public String toString() { return "%s %.3f".formatted(item, score); }
}

package dev.merapi.text.data;

/**
 * A text, or two, and its class.
 *
 * @param text the text; of a pair, the first
 * @param second the other text of a pair, such as a hypothesis; or null
 * @param label number of its class
 */
public record LabeledText(String text, String second, int label) {
    /** A text without a second one. */
    public LabeledText(String text, int label) { this(text, null, label); }
}

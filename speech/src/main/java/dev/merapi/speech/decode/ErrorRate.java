package dev.merapi.speech.decode;

import dev.merapi.metric.MeanMetric;
import java.util.List;

/** Word or character error rate over texts: all errors through all that was said. */
public final class ErrorRate extends MeanMetric<List<String>, List<String>> {
    private final boolean ofWords;

    private ErrorRate(boolean ofWords) { this.ofWords = ofWords; }

    /** Of words, {@code wer}. */
    public static ErrorRate words() { return new ErrorRate(true); }

    /** Of characters, spaces included, {@code cer}. */
    public static ErrorRate characters() { return new ErrorRate(false); }

    @Override public String name() { return ofWords ? "wer" : "cer"; }

    /** Takes in what was heard and what was said. */
    @Override public void update(List<String> heard, List<String> texts) {
        if (heard.size() != texts.size()) {
            throw new IllegalArgumentException(name() + ": expected " + texts.size() + " texts heard, as were said."
                    + " Received " + heard.size());
        }
        for (int i = 0; i < texts.size(); i++) {
            var alignment = ofWords ? WordAlignment.of(texts.get(i), heard.get(i))
                    : WordAlignment.ofCharacters(texts.get(i), heard.get(i));
            add(alignment.errors(), alignment.said());
        }
    }

    @Override public boolean greaterIsBetter() { return false; }
}

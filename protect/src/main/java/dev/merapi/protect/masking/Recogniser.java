package dev.merapi.protect.masking;

import java.util.List;

/**
 * Finds personal data of some kind. Several threads may ask at once.
 *
 * <pre>{@code
 * Recogniser badge = (text, _) -> text.startsWith("B-") ? List.of(new Finding("badge", 0, 6)) : List.of();
 * }</pre>
 */
@FunctionalInterface
public interface Recogniser {
    /**
     * What is found in a text, in order.
     *
     * @param context what is known of the text from outside, such as the name of its column; may be empty
     */
    List<Finding> find(String text, String context);
}

package dev.merapi.recipe;

/** An answer that consists of several, each with a probability. */
public interface Ranked<R extends Ranked<R>> {
    /** The {@code n} most probable of them, the most probable first; all, if they are fewer. */
    R top(int n);

    /** The {@code n} most probable of an answer that consists of several; another answer as it is. */
    @SuppressWarnings("unchecked") // what an answer gives has its own type
    static <O> O top(O answer, int n) { return answer instanceof Ranked<?> several ? (O) several.top(n) : answer; }
}

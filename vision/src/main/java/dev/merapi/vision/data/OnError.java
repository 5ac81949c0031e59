package dev.merapi.vision.data;

/** What happens to a picture, or to a box in it, that cannot be used. */
public enum OnError {
    /** An error names the file and what is wrong. */
    FAIL,
    /** It is left out, and {@link SceneSet#skipped} says what was. Pictures are decoded at the start, to find out. */
    SKIP
}

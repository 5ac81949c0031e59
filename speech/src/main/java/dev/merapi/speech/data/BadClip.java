package dev.merapi.speech.data;

/** What happens to a recording that cannot be used. */
public enum BadClip {
    /** An error names the file and what is wrong. */
    FAIL,
    /** It is left out; {@link SpeechSet#skipped} says what was. */
    SKIP
}

package dev.merapi.nn;

/** What stands beyond the edge of an image or a sequence. */
public enum PaddingMode {
    /** Zeros: 0 0 | a b c | 0 0. */
    ZEROS("constant"),
    /** Mirrored at the edge, which is not repeated: c b | a b c | b a. */
    REFLECT("reflect"),
    /** The edge repeated: a a | a b c | c c. */
    REPLICATE("replicate"),
    /** Around again: b c | a b c | a b. */
    CIRCULAR("circular");

    final String torchName;

    PaddingMode(String torchName) {
        this.torchName = torchName;
    }
}

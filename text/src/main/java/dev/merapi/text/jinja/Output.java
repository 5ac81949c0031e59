package dev.merapi.text.jinja;

/** A text that grows, within the {@link Limits}. */
final class Output {
    private final StringBuilder text = new StringBuilder();

    Output append(String piece) {
        take(piece.length());
        text.append(piece);
        return this;
    }

    Output repeat(String piece, long times) {
        if (times <= 0 || piece.isEmpty()) return this;
        take(times > Limits.TEXT ? Long.MAX_VALUE / 2 : times * piece.length());
        text.repeat(piece, (int) times);
        return this;
    }

    private void take(long length) {
        Limits.text(text.length() + length);
        Limits.spend(length);
    }

    @Override public String toString() { return text.toString(); }
}

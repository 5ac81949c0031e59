package dev.merapi.explain;

/** A way to share what a game's players win together among them, such as SHAP's or LIME's. */
@FunctionalInterface
public interface Sharing {
    /** A value for each player. */
    Attribution share(Game game);
}

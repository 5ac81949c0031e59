package dev.merapi.play.env;

import java.awt.image.BufferedImage;

/**
 * An environment around another, which does as that does where nothing else is said.
 *
 * @param <A> an action
 */
public abstract class Wrapper<A> implements Env<A> {
    /** What it stands around. */
    protected final Env<A> inner;

    /** Around an environment, which is closed with it. */
    protected Wrapper(Env<A> inner) { this.inner = inner; }

    @Override public Space.Box observationSpace() { return inner.observationSpace(); }

    @Override public Space<A> actionSpace() { return inner.actionSpace(); }

    @Override public float[] reset(long seed) { return inner.reset(seed); }

    @Override public Step step(A action) { return inner.step(action); }

    @Override public boolean[] actionMask() { return inner.actionMask(); }

    @Override public BufferedImage render() { return inner.render(); }

    @Override public void close() { inner.close(); }

    /** The environment inside all wrappers. */
    public static Env<?> unwrapped(Env<?> env) { return env instanceof Wrapper<?> w ? unwrapped(w.inner) : env; }
}

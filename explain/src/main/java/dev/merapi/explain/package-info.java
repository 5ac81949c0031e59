/**
 * Why a model answers as it does: what each part of an input has contributed to an output. Models are wrapped from
 * outside; none knows of it.
 *
 * <pre>{@code
 * var game = Game.of(model, background, Game.each(13));
 * var attribution = Explainer.hiding(game, new KernelShap()).explain(x, 0);
 * IO.println(attribution.strongest());
 * }</pre>
 */
package dev.merapi.explain;

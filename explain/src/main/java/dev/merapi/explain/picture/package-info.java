/**
 * Pictures of explanations, as PNG or SVG.
 *
 * <pre>{@code
 * HeatMap.of(image, attribution.pixels(), "Ankle boot").write(Path.of("boot.png"));
 * }</pre>
 */
package dev.merapi.explain.picture;

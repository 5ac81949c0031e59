/**
 * Training curves and charts as PNG files.
 *
 * <pre>{@code
 * new LinePlot("Loss", "epoch").line("train", epochs, losses).write(Path.of("loss.png"));
 * ConfusionPlot.write(Path.of("confusion.png"), counts, List.of("cat", "dog"));
 * }</pre>
 */
package dev.merapi.plot;

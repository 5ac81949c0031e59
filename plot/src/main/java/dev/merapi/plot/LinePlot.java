package dev.merapi.plot;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Lines over a common x axis, such as training curves.
 *
 * <pre>{@code
 * new LinePlot("Loss", "epoch")
 *         .line("train", epochs, trainLoss)
 *         .line("test", epochs, testLoss)
 *         .write(Path.of("loss.png"));
 * }</pre>
 */
public final class LinePlot {
    private final String title;
    private final String xLabel;
    private final Map<String, double[][]> lines = new LinkedHashMap<>();

    /** A plot without lines yet. */
    public LinePlot(String title, String xLabel) {
        this.title = title;
        this.xLabel = xLabel;
    }

    /**
     * Adds a line; points whose y is not finite are left out.
     *
     * @throws IllegalArgumentException if x and y differ in length
     */
    public LinePlot line(String name, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("LinePlot " + title + ": line " + name + ": expected as many y as x, "
                    + x.length + ". Received " + y.length);
        }
        lines.put(name, new double[][] {x, y});
        return this;
    }

    /** Writes a PNG picture of 900 x 500 pixels, replacing one that is there. */
    public void write(Path png) { Pictures.write(chart(), png); }

    /** To look at beside words, in a {@link PageReport}. */
    public Figure figure() {
        var chart = chart();
        return new Figure(chart.getWidth(), chart.getHeight(),
                graphics -> chart.paint(graphics, chart.getWidth(), chart.getHeight()));
    }

    XYChart chart() {
        XYChart chart = new XYChartBuilder().width(900).height(500).title(title).xAxisTitle(xLabel).build();
        var styler = chart.getStyler();
        Pictures.style(styler);
        lines.forEach((name, xy) -> {
            int[] finite = finite(xy[1]);
            if (finite.length == 0) return;
            var series = chart.addSeries(name, pick(xy[0], finite), pick(xy[1], finite));
            series.setMarker(finite.length > 50 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
        });
        styler.setLegendVisible(chart.getSeriesMap().size() > 1); // the title names a single line
        styler.setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal);
        if (chart.getSeriesMap().isEmpty()) return chart;
        var x = Range.of(chart.getSeriesMap().values().stream().map(XYSeries::getXData));
        if (x.min() == x.max()) styler.setXAxisMin(x.min() - 1).setXAxisMax(x.max() + 1);
        boolean whole = chart.getSeriesMap().values().stream().flatMapToDouble(s -> Arrays.stream(s.getXData()))
                .allMatch(value -> value == Math.rint(value));
        styler.setxAxisTickLabelsFormattingFunction(whole ? Range::whole : Range::label);
        var y = Range.of(chart.getSeriesMap().values().stream().map(XYSeries::getYData)).widened();
        styler.setYAxisMin(y.min()).setYAxisMax(y.max());
        styler.setyAxisTickLabelsFormattingFunction(Range::label);
        return chart;
    }

    private static int[] finite(double[] y) {
        return IntStream.range(0, y.length).filter(i -> Double.isFinite(y[i])).toArray();
    }

    private static double[] pick(double[] values, int[] indices) {
        return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
    }
}

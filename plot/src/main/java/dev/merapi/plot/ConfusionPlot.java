package dev.merapi.plot;

import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** A confusion matrix as a heat map: a row for each true class, a column for each predicted one, with their shares. */
public final class ConfusionPlot {
    /** A longer name is cut in the middle. */
    private static final int LONGEST = 24;

    private ConfusionPlot() {}

    /**
     * Writes a PNG picture. Colours show shares of a row, so that rare classes are seen too.
     *
     * @param counts {@code counts[t][p]} examples of class t taken for class p
     * @throws IllegalArgumentException unless there is one row and one column for each class
     */
    public static void write(Path png, long[][] counts, List<String> classes) {
        int n = classes.size();
        if (n == 0 || counts.length != n || Arrays.stream(counts).anyMatch(row -> row.length != n)) {
            throw new IllegalArgumentException("ConfusionPlot: expected " + n + " rows and columns, one for each class."
                    + " Received " + counts.length + " rows of " + (counts.length == 0 ? 0 : counts[0].length));
        }
        var names = classes.stream().map(ConfusionPlot::shortened).toList();
        int letters = names.stream().mapToInt(String::length).max().getAsInt();
        int side = Math.clamp(n * (n <= 20 ? 60L : 20L), 300, 2400); // of the cells
        boolean flat = 10 * letters < side / n;
        int room = 9 * letters;
        HeatMapChart chart = new HeatMapChartBuilder().width(side + 160 + room).height(side + 110 + (flat ? 20 : room))
                .title("Confusion matrix").xAxisTitle("predicted").yAxisTitle("true").build();
        Pictures.style(chart.getStyler());
        chart.getStyler().setRangeColors(new Color[] {Color.WHITE, new Color(0x1f77b4)});
        chart.getStyler().setMin(0).setMax(1);
        chart.getStyler().setShowValue(n <= 20);
        chart.getStyler().setXAxisLabelRotation(flat ? 0 : 90);
        chart.getStyler().setAxisTicksVisible(20 * n <= 2400); // more names than there is room for say nothing
        var cells = new ArrayList<Number[]>();
        for (int t = 0; t < n; t++) {
            long total = Arrays.stream(counts[t]).sum();
            for (int p = 0; p < n; p++) {
                // the first row on top: the chart's y axis goes up
                cells.add(new Number[] {p, n - 1 - t, total == 0 ? 0 : (double) counts[t][p] / total});
            }
        }
        chart.getStyler().setHeatMapValueDecimalPattern("0.00");
        chart.addSeries("share", names, names.reversed(), cells);
        Pictures.write(chart, png);
    }

    /** Beginning and end, which tell most names apart. */
    static String shortened(String name) {
        int half = LONGEST / 2;
        return name.length() <= LONGEST ? name
                : name.substring(0, half) + "…" + name.substring(name.length() - half + 1);
    }
}

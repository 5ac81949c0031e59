package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.PageReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScatterTest {
    private final List<Attribution> found = new ArrayList<>();
    private final double[][] values = new double[80][3];
    private final List<String> names = List.of("age", "fare", "class");

    ScatterTest() {
        var random = new SplittableRandom(1);
        for (double[] row : values) {
            for (int i = 0; i < 3; i++) row[i] = random.nextDouble();
            double[] parts = {row[0] * 2 - 1, 0.3 - row[1] * 0.5, 0.05};
            found.add(Attribution.of(parts, 0.5, 0.5 + parts[0] + parts[1] + parts[2]));
        }
    }

    @Test void theStrongestFeatureComesFirst() {
        String swarm = Scatter.beeswarm(found, values, names, 2, "all").svg();
        assertTrue(swarm.indexOf("age") > 0 && swarm.indexOf("age") < swarm.indexOf("fare"));
        assertFalse(swarm.contains(">class<"));
        assertTrue(Scatter.decision(found, names, 3, "ways").svg().contains("class"));
        assertTrue(Scatter.dependence(found, values, names, 1, "fare").svg().contains("fare"));
        assertThrows(IllegalArgumentException.class, () -> Scatter.beeswarm(found, values, List.of("a"), 2, ""));
        assertThrows(IllegalArgumentException.class, () -> Scatter.beeswarm(List.of(), values, names, 2, ""));
    }

    @Test void aReportNeedsNothingElse() {
        var report = new PageReport("Why <so>").add("a & b", "x < 1", Scatter.decision(found, names, 3, "ways"));
        String html = report.html();
        assertTrue(html.contains("Why &lt;so&gt;") && html.contains("a &amp; b") && html.contains("x &lt; 1"));
        assertTrue(html.contains("data:image/png;base64,iVBOR"));
        assertFalse(html.contains("http"));
        assertEquals(1, report.size());
    }
}

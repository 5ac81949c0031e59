package dev.merapi.protect.command;

import dev.merapi.protect.fairness.FairnessReport;
import dev.merapi.protect.fairness.GroupThresholds;
import dev.merapi.protect.fairness.Reweighing;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A linear model of German credit, audited by sex; {@code -Dmerapi.credit=<Weka's credit-g.arff>} names the data. */
@Tag("proof")
class GermanCreditProofTest {
    @TempDir private Path folder;

    /** Weka's file as CSV, with the sex that its personal status tells. */
    private Path table() throws IOException {
        String arff = System.getProperty("merapi.credit");
        assumeTrue(arff != null, "needs -Dmerapi.credit=credit-g.arff, of Debian's package weka");
        var names = new ArrayList<String>();
        var rows = new StringBuilder();
        for (String line : Files.readAllLines(Path.of(arff))) {
            if (line.startsWith("@attribute")) names.add(line.split(" ")[1]);
            if (line.isBlank() || line.startsWith("%") || line.startsWith("@")) continue;
            rows.append(line.replace("'", "")).append(line.contains("female") ? ",female\n" : ",male\n");
        }
        return Files.writeString(folder.resolve("credit.csv"), String.join(",", names) + ",sex\n" + rows);
    }

    @Test void everyMeasureIsTheOneWrittenOutAndReweighingIsExact() throws IOException {
        Path csv = table(), run = folder.resolve("run");
        try (var job = Recipes.named("table").job("data=" + csv, "target=class", "model=linear", "drop=[sex]")) {
            job.fit(run);
        }
        try (var opened = Predictor.open(run)) {
            var rows = Table.read(csv).frame();
            var answered = opened.as(Frame.class, Frame.class).predict(rows);
            int n = rows.size();
            var truth = new boolean[n];
            var answers = new boolean[n];
            var scores = new double[n];
            for (int i = 0; i < n; i++) {
                truth[i] = rows.column("class").text(i).equals("good");
                answers[i] = answered.column("class_predicted").text(i).equals("good");
                scores[i] = answered.column("class_good").number(i);
            }
            String[] sexes = rows.column("sex").texts();
            byHand(truth, answers, sexes);
            double[] weights = Reweighing.of(truth, sexes).weights(truth, sexes);
            double before = FairnessReport.of(truth, truth, sexes).against("male").getFirst()
                    .statisticalParityDifference();
            double after = FairnessReport.of(truth, truth, sexes, weights).against("male").getFirst()
                    .statisticalParityDifference();
            say("statistical parity difference of the classes %.6f, reweighed %.6f", before, after);
            assertEquals(201. / 310 - 499. / 690, before, 1e-12);
            assertEquals(0, after, 1e-12);
            thresholds(truth, scores, sexes);
        }
        audit(run, csv);
    }

    /** The measures as sums over rows. */
    private static void byHand(boolean[] truth, boolean[] answers, String[] sexes) {
        double[] n = new double[2], selected = new double[2], positive = new double[2], hits = new double[2];
        double[] alarms = new double[2];
        for (int i = 0; i < truth.length; i++) {
            int g = sexes[i].equals("female") ? 0 : 1;
            n[g]++;
            if (answers[i]) selected[g]++;
            if (truth[i]) positive[g]++;
            if (truth[i] && answers[i]) hits[g]++;
            if (!truth[i] && answers[i]) alarms[g]++;
        }
        var found = FairnessReport.of(truth, answers, sexes).against("male").getFirst();
        double opportunity = hits[0] / positive[0] - hits[1] / positive[1];
        double alarm = alarms[0] / (n[0] - positive[0]) - alarms[1] / (n[1] - positive[1]);
        assertEquals(selected[0] / n[0] - selected[1] / n[1], found.statisticalParityDifference(), 1e-12);
        assertEquals(selected[0] / n[0] / (selected[1] / n[1]), found.disparateImpact(), 1e-12);
        assertEquals(opportunity, found.equalOpportunityDifference(), 1e-12);
        assertEquals((opportunity + alarm) / 2, found.averageOddsDifference(), 1e-12);
        assertEquals(hits[0] / selected[0] - hits[1] / selected[1], found.predictiveParityDifference(), 1e-12);
        say("%s", found);
    }

    private static void thresholds(boolean[] truth, double[] scores, String[] sexes) {
        for (var equal : GroupThresholds.Equal.values()) {
            var report = FairnessReport.of(truth,
                    GroupThresholds.fit(scores, truth, sexes, equal).answers(scores, sexes), sexes);
            say("thresholds of equal %s: accuracy %.3f, %s", equal, report.accuracy(),
                    report.against("male").getFirst());
        }
    }

    private void audit(Path run, Path csv) {
        var command = new AuditCommand();
        var settings = Settings.bind(command.defaults(), Settings.override(Map.of(), "group=sex", "positive=good",
                "out=" + folder), "audit");
        var said = new StringBuilder();
        command.run(List.of(run.toString(), csv.toString()), settings, Device.CPU, new Command.Answers() {
            @Override public void answer(String input, Command.Answer answer) { said.append(answer.words()); }

            @Override public void failed(String input, RuntimeException error) { throw error; }
        });
        say("%s", said);
        assertTrue(said.toString().contains("female") && !said.toString().contains("%"), said::toString);
        assertTrue(Files.exists(folder.resolve("report.html")));
    }

    private static void say(String format, Object... values) { IO.println(String.format(Locale.ROOT, format, values)); }
}

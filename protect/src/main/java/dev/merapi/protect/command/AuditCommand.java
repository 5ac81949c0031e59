package dev.merapi.protect.command;

import dev.merapi.plot.PageReport;
import dev.merapi.protect.fairness.FairnessReport;
import dev.merapi.protect.fairness.GroupRates;
import dev.merapi.protect.fairness.GroupThresholds;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Predictor;
import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** {@code merapi audit}: whether a run's model of two classes treats the groups of a column alike. */
public final class AuditCommand implements Command<AuditCommand.Config> {
    private static final String ANSWER = "_predicted"; // behind the target's name, in what a predictor gives

    /** Settings. */
    public record Config(
            @Describe("the column of the groups, such as sex") String group,
            @Describe("the favourable class; empty for the second") String positive,
            @Describe("the group that others are compared with; empty for the largest") String reference,
            @Describe("the folder for the report") String out) {}

    @Override public String name() { return "audit"; }

    @Override public String description() { return "Measure whether a model treats groups of people alike."; }

    @Override public String arguments() { return "<run> <table>"; }

    @Override public Config defaults() { return new Config("", "", "", "audit"); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 2, "audit", "a run and a table", arguments);
        Expect.that(!settings.group.isEmpty(), "group", "a column, as group=sex", "none");
        try (var opened = Predictor.open(Path.of(arguments.getFirst()), device)) {
            var model = opened.as(Frame.class, Frame.class);
            var rows = model.parse(arguments.get(1));
            out.answer(arguments.get(1), () -> audit(model, rows, settings));
        }
    }

    /** What is known of the rows. */
    private record Known(boolean[] truth, boolean[] answers, double[] scores, String[] groups, String positive) {}

    private static Known known(Predictor<Frame, Frame> model, Frame rows, Config settings) {
        Expect.that(rows.has(settings.group), "group", "a column of the table, " + rows.names(), settings.group);
        Expect.that(rows.size() > 0, "audit", "at least one row", 0);
        var answered = model.predict(rows);
        String target = answered.names().stream().filter(name -> name.endsWith(ANSWER)).findFirst().orElseThrow()
                .replaceFirst(ANSWER + "$", "");
        Expect.that(rows.has(target), "audit", "the column " + target + ", which the model predicts, with the truth",
                rows.names());
        var classes = answered.names().stream().skip(answered.names().indexOf(target + ANSWER) + 1L)
                .map(name -> name.substring(target.length() + 1)).toList();
        Expect.that(classes.size() == 2, "audit", "a model of two classes", classes.isEmpty() ? "numbers" : classes);
        String positive = settings.positive.isEmpty() ? classes.getLast() : settings.positive;
        Expect.that(classes.contains(positive), "positive", "one of the classes " + classes, positive);
        int[] complete = IntStream.range(0, rows.size()).filter(row -> !rows.column(target).isMissing(row)
                && !rows.column(settings.group).isMissing(row)).toArray();
        Column truth = rows.column(target), answer = answered.column(target + ANSWER);
        Column score = answered.column(target + "_" + positive), group = rows.column(settings.group);
        int n = complete.length;
        var known = new Known(new boolean[n], new boolean[n], new double[n], new String[n], positive);
        for (int i = 0; i < n; i++) {
            known.truth[i] = truth.text(complete[i]).equals(positive);
            known.answers[i] = answer.text(complete[i]).equals(positive);
            known.scores[i] = score.number(complete[i]);
            known.groups[i] = group.text(complete[i]);
        }
        return known;
    }

    private static Answer audit(Predictor<Frame, Frame> model, Frame rows, Config settings) {
        var known = known(model, rows, settings);
        var report = FairnessReport.of(known.truth, known.answers, known.groups);
        String reference = settings.reference.isEmpty() ? report.largest() : settings.reference;
        var against = report.against(reference);
        String table = rates(report), differences = differences(against, reference);
        var page = new PageReport("Is it fair by " + settings.group + "?");
        page.add("Rates of " + known.positive + ", with 95 % confidence", table, RatePlot.of(report));
        page.add("Beside " + reference, differences, RatePlot.of(against));
        Path folder = Path.of(settings.out), file = folder.resolve("report.html");
        String trade = trade(known, reference, page, folder);
        page.write(file);
        var values = new LinkedHashMap<String, Object>();
        values.put("positive", known.positive);
        values.put("groups", report.groups());
        values.put("comparisons", against);
        return new Answer("\n" + table + "\n" + differences + "\n" + trade + "Report: " + file, values);
    }

    private static String rates(FairnessReport report) {
        var text = new StringBuilder("%-16s%8s  %-20s%-20s%-20s%-20s%-20s%n".formatted("group", "rows", "base rate",
                "selected", "true positives", "false positives", "precision"));
        for (GroupRates group : report.groups()) {
            text.append("%-16s%8.0f  %-20s%-20s%-20s%-20s%-20s%n".formatted(group.group(), group.size(), group.base(),
                    group.selection(), group.truePositiveRate(), group.falsePositiveRate(), group.precision()));
            if (group.size() < 30) text.append("  (%s: %.0f rows say little)%n".formatted(group.group(), group.size()));
        }
        return text.toString();
    }

    private static String differences(List<FairnessReport.Comparison> against, String reference) {
        var text = new StringBuilder("%-16s%12s%12s%12s%12s%12s%n".formatted("beside " + reference, "parity", "impact",
                "opportunity", "odds", "predictive"));
        for (var one : against) {
            text.append("%-16s%12s%12s%12s%12s%12s%n".formatted(one.group(), number(one.statisticalParityDifference()),
                    number(one.disparateImpact()), number(one.equalOpportunityDifference()),
                    number(one.averageOddsDifference()), number(one.predictiveParityDifference())));
        }
        return text.toString();
    }

    private static String number(double value) { return Double.isFinite(value) ? "%.3f".formatted(value) : "–"; }

    /** What equal answers by thresholds of the groups would cost. */
    private static String trade(Known known, String reference, PageReport page, Path out) {
        var common = GroupThresholds.common(known.scores, known.truth, known.groups);
        var fair = GroupThresholds.fit(known.scores, known.truth, known.groups, GroupThresholds.Equal.ANSWERS);
        var curve = new TradeOff(known.scores, known.truth, known.groups, reference);
        String text = "accuracy %.3f at a gap of %.3f by one threshold, %.3f at %.3f by one for each group%n"
                .formatted(curve.accuracy(common), curve.gap(common), curve.accuracy(fair), curve.gap(fair));
        var figure = curve.figure(common, fair);
        figure.write(out.resolve("cost.svg"));
        page.add("What fairness costs", text, figure);
        return text;
    }
}

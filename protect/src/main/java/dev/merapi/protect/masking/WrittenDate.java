package dev.merapi.protect.masking;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A date, and how it is written, so that another can be written alike: 2024-03-01, 01.03.2024, 3/1/24, 1 March 2024,
 * March 1, 2024, 1. März 2024, 1er mars 2024, 2024年3月1日.
 */
record WrittenDate(LocalDate date, DateTimeFormatter form) {
    private static final String MONTHS = "[\\p{L}]{3,9}\\.?";
    private static final Pattern DATE = Pattern.compile("(?<![\\p{N}./-])(?:"
            + "(?:19|20)\\d{2}([-/.])\\d{1,2}\\1\\d{1,2}"                    // year first
            + "|\\d{1,2}([-/.])\\d{1,2}\\2(?:(?:19|20)\\d{2}|\\d{2})"        // year last
            + "|(?<!\\p{L})\\d{1,2}(?:\\.|er|st|nd|rd|th)? " + MONTHS + ",? (?:19|20)\\d{2}"
            + "|(?<!\\p{L})" + MONTHS + " \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}"
            + "|(?:19|20)\\d{2} ?年 ?\\d{1,2} ?月 ?\\d{1,2} ?日)(?!\\p{N}|[./-]\\p{N})");

    private static final List<DateTimeFormatter> YEAR_FIRST = forms(Locale.ROOT, "uuuu-MM-dd", "uuuu-M-d", "uuuu/MM/dd",
            "uuuu/M/d", "uuuu.MM.dd", "uuuu.M.d", "uuuu年MM月dd日", "uuuu年M月d日", "uuuu 年 M 月 d 日");
    private static final List<DateTimeFormatter> DAY_FIRST = forms(Locale.ROOT, "dd/MM/uuuu", "d/M/uuuu", "dd.MM.uuuu",
            "d.M.uuuu", "dd-MM-uuuu", "d-M-uuuu", "dd/MM/yy", "d/M/yy", "dd.MM.yy", "d.M.yy", "dd-MM-yy", "d-M-yy");
    private static final List<DateTimeFormatter> MONTH_FIRST = forms(Locale.ROOT, "MM/dd/uuuu", "M/d/uuuu",
            "MM-dd-uuuu", "M-d-uuuu", "MM.dd.uuuu", "M.d.uuuu", "MM/dd/yy", "M/d/yy", "MM-dd-yy", "M-d-yy");
    private static final List<DateTimeFormatter> IN_WORDS = Stream.of(
            forms(Locale.ENGLISH, "d MMMM uuuu", "d MMM uuuu", "MMMM d, uuuu", "MMM d, uuuu", "MMMM d uuuu",
                    "MMM d uuuu", "d MMMM, uuuu", "d'st' MMMM uuuu", "d'nd' MMMM uuuu", "d'rd' MMMM uuuu",
                    "d'th' MMMM uuuu", "MMMM d'st', uuuu", "MMMM d'nd', uuuu", "MMMM d'rd', uuuu", "MMMM d'th', uuuu"),
            forms(Locale.GERMAN, "d. MMMM uuuu", "d. MMM uuuu", "d MMMM uuuu"),
            forms(Locale.FRENCH, "d MMMM uuuu", "d MMM uuuu", "d'er' MMMM uuuu")).flatMap(List::stream).toList();

    private static List<DateTimeFormatter> forms(Locale locale, String... patterns) {
        return Stream.of(patterns).map(pattern -> form(locale, pattern)).toList();
    }

    /** Two digits of a year are of the hundred years that ended with 2029. */
    private static DateTimeFormatter form(Locale locale, String pattern) {
        var builder = new DateTimeFormatterBuilder().parseCaseInsensitive();
        if (!pattern.endsWith("/yy") && !pattern.endsWith(".yy") && !pattern.endsWith("-yy")) {
            builder.appendPattern(pattern);
        } else {
            builder.appendPattern(pattern.substring(0, pattern.length() - 2))
                    .appendValueReduced(ChronoField.YEAR, 2, 2, LocalDate.of(1930, 1, 1));
        }
        return builder.toFormatter(locale).withResolverStyle(ResolverStyle.STRICT);
    }

    /** Where dates stand in a text. */
    static List<Finding> find(String text, String context) {
        var matcher = DATE.matcher(text);
        List<Finding> found = null;
        while (matcher.find()) {
            if (parse(matcher.group(), true).isEmpty()) continue;
            if (found == null) found = new ArrayList<>();
            found.add(new Finding("date", matcher.start(), matcher.end()));
        }
        return found == null ? List.of() : found;
    }

    /**
     * The date that is written.
     *
     * @param dayFirst what 01/02/2024 means, where both readings are dates
     */
    static Optional<WrittenDate> parse(String text, boolean dayFirst) {
        var first = dayFirst ? DAY_FIRST : MONTH_FIRST;
        var second = dayFirst ? MONTH_FIRST : DAY_FIRST;
        for (var forms : List.of(YEAR_FIRST, first, second, IN_WORDS)) {
            for (var form : forms) {
                var end = new ParsePosition(0);
                if (form.parseUnresolved(text, end) == null || end.getIndex() < text.length()) continue;
                try {
                    return Optional.of(new WrittenDate(LocalDate.parse(text, form), form));
                } catch (DateTimeException e) {
                    // such as the 31st of a short month, which another form may read otherwise
                }
            }
        }
        return Optional.empty();
    }

    /** The date so many days later, written as this one. */
    String shifted(long days) { return date.plusDays(days).format(form); }
}

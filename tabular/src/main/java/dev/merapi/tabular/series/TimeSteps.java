package dev.merapi.tabular.series;

import dev.merapi.tabular.data.Column;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The times behind the last row of a series: of the same months where they are a month apart, else equally far. */
final class TimeSteps {
    private TimeSteps() {}

    /** @param rows of one series, by time */
    static Column following(Column time, int[] rows, int count) {
        if (rows.length < 2) {
            throw new IllegalArgumentException("Series: expected at least 2 rows, which tell how far apart times are."
                    + " Received " + rows.length);
        }
        int last = rows[rows.length - 1], before = rows[rows.length - 2];
        return switch (time) {
            case Column.Dates dates -> new Column.Dates(time.name(), dates(dates, before, last, count));
            case Column.Integers whole -> {
                long value = whole.values()[last], step = value - whole.values()[before];
                yield new Column.Integers(time.name(),
                        IntStream.rangeClosed(1, count).mapToLong(i -> value + i * step).toArray());
            }
            default -> {
                double value = time.number(last), step = value - time.number(before);
                yield new Column.Numbers(time.name(),
                        IntStream.rangeClosed(1, count).mapToDouble(i -> value + i * step).toArray());
            }
        };
    }

    private static long[] dates(Column.Dates dates, int before, int last, int count) {
        var from = dates.moment(before);
        var to = dates.moment(last);
        long step = dates.micros()[last] - dates.micros()[before], end = dates.micros()[last];
        long months = ChronoUnit.MONTHS.between(from.toLocalDate().withDayOfMonth(1),
                to.toLocalDate().withDayOfMonth(1));
        boolean ends = isLastOfMonth(from) && isLastOfMonth(to);
        boolean sameDay = from.getDayOfMonth() == to.getDayOfMonth();
        if (months == 0 || !(ends || sameDay) || !from.toLocalTime().equals(to.toLocalTime())) {
            return IntStream.rangeClosed(1, count).mapToLong(i -> end + i * step).toArray();
        }
        return IntStream.rangeClosed(1, count).mapToLong(i -> {
            var next = to.plusMonths(i * months);
            return micros(ends ? next.withDayOfMonth(next.toLocalDate().lengthOfMonth()) : next);
        }).toArray();
    }

    private static boolean isLastOfMonth(LocalDateTime moment) {
        return moment.getDayOfMonth() == moment.toLocalDate().lengthOfMonth();
    }

    private static long micros(LocalDateTime moment) {
        return moment.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + moment.getNano() / 1000;
    }

    /** Whether some two times in succession are more than half further apart than is usual: a step may be missing. */
    static boolean haveGap(Column time, int[] rows) {
        double[] steps = IntStream.range(1, rows.length)
                .mapToDouble(i -> time.number(rows[i]) - time.number(rows[i - 1])).toArray();
        if (steps.length == 0) return false;
        double[] sorted = steps.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - 1] > 1.5 * sorted[sorted.length / 2];
    }
}

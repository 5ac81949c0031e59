package dev.merapi.tabular.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TableSplitTest {
    private static final Frame ROWS = Table.sql("""
            select i as id, case when i % 10 = 0 then 'rare' else 'common' end as c, 'u' || i % 7 as user,
                (i * 37) % 101 as time from range(100) t(i)""").frame();

    private static Set<String> ids(Frame frame) { return Set.copyOf(Arrays.asList(frame.column("id").texts())); }

    private static void complete(TableSplit.Fold fold) {
        var both = new HashSet<>(ids(fold.train()));
        both.addAll(ids(fold.test()));
        assertEquals(100, both.size());
        assertEquals(100, fold.train().size() + fold.test().size());
    }

    private static long rare(Frame frame) {
        return Arrays.stream(frame.column("c").texts()).filter("rare"::equals).count();
    }

    @Test void randomAndStratified() {
        var random = TableSplit.random(ROWS, 0.3, 1);
        complete(random);
        assertEquals(30, random.test().size());
        assertEquals(ids(random.test()), ids(TableSplit.random(ROWS, 0.3, 1).test()));
        var stratified = TableSplit.stratified(ROWS, "c", 0.3, 1);
        complete(stratified);
        assertEquals(3, rare(stratified.test()));
    }

    @Test void foldsHoldEachRowOutOnce() {
        var folds = TableSplit.stratifiedKFold(ROWS, "c", 5, 1);
        folds.forEach(TableSplitTest::complete);
        folds.forEach(fold -> assertEquals(2, rare(fold.test())));
        assertEquals(100, folds.stream().flatMap(fold -> ids(fold.test()).stream()).collect(Collectors.toSet()).size());
        TableSplit.kFold(ROWS, 4, 1).forEach(TableSplitTest::complete);
    }

    @Test void theFutureIsHeldOut() {
        var fold = TableSplit.temporal(ROWS, "time", 0.2);
        complete(fold);
        assertEquals(20, fold.test().size());
        double last = Arrays.stream(fold.train().column("time").numbers()).max().orElseThrow();
        assertTrue(Arrays.stream(fold.test().column("time").numbers()).allMatch(time -> time > last));
        var equal = Frame.of(new Column.Numbers("time", new double[] {1, 2, 2, 2, 2, 3}));
        assertArrayEquals(new double[] {3}, TableSplit.temporal(equal, "time", 0.5).test().column("time").numbers());
        var one = Frame.of(new Column.Numbers("time", new double[] {1, 1}));
        var error = assertThrows(IllegalArgumentException.class, () -> TableSplit.temporal(one, "time", 0.5));
        assertTrue(error.getMessage().contains("before and after some moment"), error.getMessage());
    }

    @Test void groupsStayTogether() {
        var fold = TableSplit.grouped(ROWS, "user", 0.3, 1);
        complete(fold);
        var known = Set.copyOf(Arrays.asList(fold.train().column("user").texts()));
        assertTrue(Arrays.stream(fold.test().column("user").texts()).noneMatch(known::contains));
        for (var each : TableSplit.groupedKFold(ROWS, "user", 3, 1)) {
            complete(each);
            var users = Set.copyOf(Arrays.asList(each.train().column("user").texts()));
            assertTrue(Arrays.stream(each.test().column("user").texts()).noneMatch(users::contains));
        }
    }

    @Test void theLastOfEachIsHeldOut() {
        var fold = TableSplit.leaveOneOut(ROWS, "user", "time");
        complete(fold);
        assertEquals(7, fold.test().size());
        for (int i = 0; i < 7; i++) {
            String user = fold.test().column("user").text(i);
            double time = fold.test().column("time").number(i);
            for (int j = 0; j < fold.train().size(); j++) {
                if (!fold.train().column("user").text(j).equals(user)) continue;
                assertTrue(fold.train().column("time").number(j) <= time);
            }
        }
        var single = Frame.of(new Column.Texts("user", new String[] {"a", "b", "b"}),
                new Column.Numbers("time", new double[] {1, 1, 1}));
        assertEquals(1, TableSplit.leaveOneOut(single, "user", "time").test().size());
    }
}

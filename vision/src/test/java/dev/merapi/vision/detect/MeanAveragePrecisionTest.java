package dev.merapi.vision.detect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Against pycocotools: {@code src/test/python/coco_map.py} made the cases and their numbers. */
class MeanAveragePrecisionTest {
    /** One of the cases, image by image. */
    record Case(String name, int classes, List<List<ScoredBox>> found, List<List<LabeledBox>> things, double[] stats,
            double[] each) {
        static Case of(JsonNode node) {
            var found = new ArrayList<List<ScoredBox>>();
            var things = new ArrayList<List<LabeledBox>>();
            for (int i = 0; i < node.get("images").asInt(); i++) {
                found.add(new ArrayList<>());
                things.add(new ArrayList<>());
            }
            node.get("found").forEach(n -> found.get(n.get(0).asInt())
                    .add(new ScoredBox(box(n), n.get(1).asInt(), n.get(6).asDouble())));
            node.get("things").forEach(n -> things.get(n.get(0).asInt()).add(new LabeledBox(box(n), n.get(1).asInt(),
                    n.get(6).asDouble(), n.get(7).asInt() == 1, false)));
            return new Case(node.get("name").asText(), node.get("classes").asInt(), found, things,
                    numbers(node.get("stats")), numbers(node.get("each")));
        }

        private static Box box(JsonNode n) {
            return Box.ofSize(n.get(2).asDouble(), n.get(3).asDouble(), n.get(4).asDouble(), n.get(5).asDouble());
        }

        /** What pycocotools calls -1 is no number. */
        private static double[] numbers(JsonNode node) {
            var numbers = new double[node.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = node.get(i).asDouble() < 0 ? Double.NaN : node.get(i).asDouble();
            }
            return numbers;
        }

        @Override public String toString() { return name; }
    }

    static Stream<Case> cases() throws IOException {
        try (var in = MeanAveragePrecisionTest.class.getResourceAsStream("/detect/coco_map.json")) {
            var cases = new ArrayList<Case>();
            new ObjectMapper().readTree(in).get("cases").forEach(node -> cases.add(Case.of(node)));
            assertEquals(7, cases.size());
            return cases.stream();
        }
    }

    @ParameterizedTest @MethodSource("cases")
    void allNumbersArePycocotools(Case of) {
        var map = new MeanAveragePrecision(of.classes);
        map.update(of.found, of.things);
        assertScores(of, map);
        var at50 = MeanAveragePrecision.at50(of.classes);
        at50.update(of.found, of.things);
        assertEquals(of.stats[1], at50.value(), 1e-6);
    }

    /** Images one by one into three metrics, which are merged in their order. */
    @ParameterizedTest @MethodSource("cases")
    void partsMakeUpTheWhole(Case of) {
        int images = of.found.size();
        var parts = Stream.generate(() -> new MeanAveragePrecision(of.classes)).limit(3).toList();
        for (int i = 0; i < images; i++) {
            parts.get(3 * i / images).update(of.found.subList(i, i + 1), of.things.subList(i, i + 1));
        }
        var whole = new MeanAveragePrecision(of.classes);
        parts.forEach(part -> whole.merge(part.state()));
        assertScores(of, whole);
        double second = parts.get(1).value();
        whole.reset();
        whole.merge(parts.get(1).state());
        assertEquals(second, whole.value());
    }

    private static void assertScores(Case of, MeanAveragePrecision map) {
        var s = map.scores();
        double[] actual = {s.ap(), s.ap50(), s.ap75(), s.small(), s.medium(), s.large(), s.recall1(), s.recall10(),
            s.recall100(), s.recallSmall(), s.recallMedium(), s.recallLarge()};
        for (int i = 0; i < actual.length; i++) assertEquals(of.stats[i], actual[i], 1e-6, "number " + i);
        for (int c = 0; c < of.each.length; c++) assertEquals(of.each[c], s.classes().get(c), 1e-6, "class " + c);
        assertEquals(of.stats[0], map.value(), 1e-6);
    }

    /** One of two things is found, by the better of two boxes; the other box is at nothing. */
    @Test void byHand() {
        var map = MeanAveragePrecision.at50(1);
        var things = List.of(new LabeledBox(new Box(0, 0, 10, 10), 0), new LabeledBox(new Box(20, 0, 30, 10), 0));
        map.update(List.of(List.of(new ScoredBox(new Box(0, 0, 10, 8), 0, 0.9),
                new ScoredBox(new Box(50, 50, 60, 60), 0, 0.5))), List.of(things));
        assertEquals(51 / 101.0, map.value(), 1e-9); // precision 1 up to a recall of 0.5, at 51 of 101 points
    }

    @Test void whatIsDifficultCountsNeitherWay() {
        var map = MeanAveragePrecision.at50(1);
        var easy = new LabeledBox(new Box(0, 0, 10, 10), 0);
        var hard = new LabeledBox(new Box(20, 0, 30, 10), 0, 100, false, true);
        map.update(List.of(List.of(new ScoredBox(hard.box(), 0, 0.9), new ScoredBox(easy.box(), 0, 0.5))),
                List.of(List.of(easy, hard)));
        assertEquals(1, map.value(), 1e-9);
    }

    @Test void nothingAndMistakes() {
        var map = new MeanAveragePrecision(2);
        assertTrue(Double.isNaN(map.value()));
        map.update(List.of(List.of()), List.of(List.of()));
        assertTrue(Double.isNaN(map.value()));
        assertEquals("map: expected a list of boxes for each of 0 images. Received 1",
                message(() -> map.update(List.of(List.of()), List.of())));
        var third = List.of(List.of(new LabeledBox(new Box(0, 0, 1, 1), 2)));
        assertEquals("map: expected classes from 0 to 1. Received 2",
                message(() -> map.update(List.of(List.of()), third)));
        var more = new MeanAveragePrecision(3);
        more.update(List.of(List.of()), third);
        assertEquals("map.merge: expected the state of another map of 2 classes. Received class 2",
                message(() -> map.merge(more.state())));
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}

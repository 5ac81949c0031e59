package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ItemRecommenderTest {
    private static List<String> names(List<Recommendation> items) {
        return items.stream().map(Recommendation::item).toList();
    }

    @Test void whatWasHadIsNotRecommended() {
        try (var model = ItemKnn.of(Ratings.small(), 5, 0);
                var recommender = ItemRecommender.of(model, Ratings.small())) {
            assertEquals(Set.of("i0", "i2", "i4"), new HashSet<>(names(recommender.recommend("u1", 10))));
            assertEquals(List.of("i2"), names(recommender.recommend("u1", 2, item -> item.equals("i2"))));
            assertEquals(List.of("i2"), names(recommender.recommend("u2", 3)));
            var error = assertThrows(IllegalArgumentException.class, () -> recommender.recommend("u1", 0));
            assertEquals("ItemRecommender: expected k of at least 1. Received 0", error.getMessage());
        }
    }

    @Test void somebodyNewIsGivenThePopular() {
        try (var model = ItemKnn.of(Ratings.small(), 5, 0);
                var recommender = ItemRecommender.of(model, Ratings.small())) {
            assertFalse(recommender.knows("nobody"));
            assertEquals("i1", recommender.recommend("nobody", 1).getFirst().item());
            assertEquals("i1 3.000 (no history of this user: the most popular)", recommender.ask("nobody", 1));
            assertEquals(List.of("i3"), names(recommender.recommend("nobody", 1, item -> item.equals("i3"))));
            // with i1 and i3 as u1 has them, what u1 gets
            assertEquals(recommender.recommend("u1", 3), recommender.recommendFor(List.of("i1", "i3"), 3));
            assertThrows(IllegalArgumentException.class, () -> recommender.recommendFor(List.of("i9"), 3));
        }
    }

    @Test void aModelOfUsersRefusesNewOnes() {
        try (var model = new MatrixFactorization(3, 5, 2);
                var recommender = ItemRecommender.of(model, Ratings.small())) {
            var error = assertThrows(UnsupportedOperationException.class,
                    () -> recommender.recommendFor(List.of("i1"), 3));
            assertEquals("MatrixFactorization has weights for each user, and none for a new one; train sasrec or"
                    + " item_knn for such.", error.getMessage());
        }
    }

    @Test void anIndexFindsWhatScoringAllFinds(@TempDir Path folder) {
        Torch.seed(3);
        long before = Scope.live();
        int items = 2000;
        try (var _ = Scope.open()) {
            var vectors = Tensor.randn(items, 16);
            HnswIndex.write(vectors, Map.of("of", "this"), folder.resolve("index"));
            int hits = 0;
            try (var exact = ItemIndex.exact(vectors); var near = HnswIndex.open(folder.resolve("index"))) {
                assertEquals(items, near.size());
                assertEquals("this", near.notes().get("of"));
                for (int i = 0; i < 50; i++) {
                    float[] user = Tensor.randn(16).toFloats();
                    var all = exact.search(user, 10);
                    var some = near.search(user, 10);
                    assertEquals(10, some.items().length);
                    var found = Arrays.stream(all.items()).boxed().collect(Collectors.toSet());
                    for (int item : some.items()) if (found.contains(item)) hits++;
                    if (all.items()[0] == some.items()[0]) assertEquals(all.scores()[0], some.scores()[0], 1e-4);
                }
            }
            assertTrue(hits > 0.95 * 500, "recall " + hits / 500.0);
        }
        assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
    }

    @Test void anIndexIsReplacedAndChecked(@TempDir Path folder) throws Exception {
        Path index = folder.resolve("index");
        HnswIndex.write(Tensor.ones(3, 2), Map.of(), index);
        HnswIndex.write(Tensor.of(new float[][] {{1, 0}, {-1, 0}}), Map.of(), index);
        try (var opened = HnswIndex.open(index)) {
            var found = opened.search(new float[] {2, 1}, 5);
            assertArrayEquals(new int[] {0, 1}, found.items());
            assertArrayEquals(new float[] {2, -2}, found.scores(), 1e-5f);
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(index), files.toList()); // nothing beside
        }
        var error = assertThrows(IllegalArgumentException.class, () -> HnswIndex.open(folder.resolve("none")));
        assertTrue(error.getMessage().contains("expected an index of items."), error.getMessage());
    }

    @Test void anIndexIsFiltered(@TempDir Path folder) {
        Torch.seed(1);
        var all = Interactions.of(Ratings.tastes(20, 60, 4), Ratings.COLUMNS);
        try (var model = new MatrixFactorization(20, 60, 8)) {
            HnswIndex.write(model.itemVectors(), Map.of(), folder.resolve("index"));
            try (var exact = ItemRecommender.of(model, all);
                    var near = ItemRecommender.of(model, all, HnswIndex.open(folder.resolve("index")))) {
                assertEquals(names(exact.recommend("u3", 5)), names(near.recommend("u3", 5)));
                assertEquals(names(exact.recommend("u3", 3, item -> item.endsWith("7"))),
                        names(near.recommend("u3", 3, item -> item.endsWith("7"))));
                assertEquals(List.of(), near.recommend("u3", 3, _ -> false));
            }
            var other = ItemIndex.exact(Tensor.ones(4, 8));
            assertThrows(IllegalArgumentException.class, () -> ItemRecommender.of(model, all, other));
        }
    }
}

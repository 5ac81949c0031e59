package dev.merapi.parallel;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LobbyTest {
    @Test void nothingGoesFromGpuToGpuUnlessEachRankHasOneOfItsOwn() {
        assertTrue(Lobby.isGpuEach(List.of("2 east", "2 east", "1 west")));
        assertFalse(Lobby.isGpuEach(List.of("1 east", "1 east")), "two ranks, one GPU");
        assertFalse(Lobby.isGpuEach(List.of("1 east", "0 west")), "a rank without");
    }
}

package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remembers what another evaluator thought of the latest positions: beginnings come again and again. */
public final class CachedEvaluator implements Evaluator {
    private final Evaluator asked;
    private final Map<GameState, Estimate> known;

    /** @param most positions to remember */
    public CachedEvaluator(Evaluator asked, int most) {
        this.asked = asked;
        known = new LinkedHashMap<>() {
            @Override protected boolean removeEldestEntry(Map.Entry<GameState, Estimate> eldest) {
                return size() > most;
            }
        };
    }

    @Override public List<Estimate> evaluate(List<GameState> states) {
        var unknown = new LinkedHashMap<GameState, Estimate>();
        for (var state : states) if (!known.containsKey(state)) unknown.put(state, null);
        var fresh = unknown.isEmpty() ? List.<Estimate>of() : asked.evaluate(List.copyOf(unknown.keySet()));
        int i = 0;
        for (var entry : unknown.entrySet()) entry.setValue(fresh.get(i++));
        var estimates = new ArrayList<Estimate>();
        for (var state : states) estimates.add(unknown.containsKey(state) ? unknown.get(state) : known.get(state));
        known.putAll(unknown);
        return estimates;
    }
}

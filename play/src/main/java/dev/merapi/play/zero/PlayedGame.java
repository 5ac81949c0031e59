package dev.merapi.play.zero;

import dev.merapi.play.game.GameState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A game of self-play.
 *
 * @param moves all of them
 * @param visits for each move how often the search had tried which; empty where it is not to be learnt from
 * @param values for each move what the search expected for who was to move
 * @param payoff of the first player
 */
record PlayedGame(List<Integer> moves, List<int[]> visits, List<Float> values, double payoff) {
    /**
     * A position to learn from.
     *
     * @param policy what to play (M)
     * @param value what who is to move got, and what the search expected
     */
    record Sample(float[] planes, float[] policy, float value) {}

    /**
     * What there is to learn, by playing the game again.
     *
     * @param trust share of what the search expected in the value; the rest is how the game ended
     */
    List<Sample> samples(GameState start, double trust) {
        var samples = new ArrayList<Sample>();
        GameState state = start;
        for (int i = 0; i < moves.size(); i++) {
            int[] counts = visits.get(i);
            if (counts.length > 0) {
                var planes = new float[state.spec().inputs()];
                state.planes(planes, 0);
                double sum = Arrays.stream(counts).sum();
                var policy = new float[counts.length];
                for (int m = 0; m < policy.length; m++) policy[m] = (float) (counts[m] / sum);
                double got = state.player() == 0 ? payoff : -payoff;
                samples.add(new Sample(planes, policy, (float) (got + trust * (values.get(i) - got))));
            }
            state = state.play(moves.get(i));
        }
        return samples;
    }
}

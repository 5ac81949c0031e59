package dev.merapi.train;

import java.util.List;

/** Judges epochs by one of their values. All follows from the history, so a resumed run judges alike. */
record Monitor(String metric, boolean greaterIsBetter, int patience) {
    /** Whether the last epoch is better than all before; NaN never is. */
    boolean isBest(List<Epoch> history) { return best(history) == history.size() - 1; }

    /** Whether the best epoch is too long ago. */
    boolean isOver(List<Epoch> history) { return history.size() - 1 - best(history) >= patience; }

    /** The first of the best epochs by index, -1 for none. */
    int best(List<Epoch> history) {
        int best = -1;
        for (int i = 0; i < history.size(); i++) {
            double value = history.get(i).value(metric);
            if (Double.isNaN(value)) continue;
            if (best < 0 || isBetter(value, history.get(best).value(metric))) best = i;
        }
        return best;
    }

    private boolean isBetter(double value, double than) { return greaterIsBetter ? value > than : value < than; }
}

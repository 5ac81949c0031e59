package dev.merapi.speech.model;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;

/**
 * Attention that knows where it looked before (Chorowski et al. 2015, arXiv:1506.07503): the energy of a frame is
 * v · tanh(W state + V frame + U (F ∗ weights before)).
 *
 * <p>B batch, U frames, A attention.
 */
final class LocationAttention extends Layer {
    private static final int FILTERS = 10;
    private static final int KERNEL = 15;

    final Linear query;
    final Linear key;
    final Conv1d location;
    final Linear locationKey;
    final Linear energy;

    LocationAttention(int state, int frame, int width) {
        query = new Linear(state, width);
        key = new Linear(frame, width, false);
        location = new Conv1d(1, FILTERS, KERNEL, 1, KERNEL / 2);
        locationKey = new Linear(FILTERS, width, false);
        energy = new Linear(width, 1, false);
    }

    /** Of frames (B, U, frame), once for all steps: (B, U, A). */
    Tensor keys(Tensor frames) { return key.forward(frames); }

    /** Before the first symbol: the first frame. */
    Tensor first(ListenAttendSpell.Heard heard) {
        Tensor positions = heard.lengths().newArange(heard.h().size(1)).eq(0).to(heard.h().dtype());
        return positions.unsqueeze(0).repeat(heard.h().size(0), 1);
    }

    /** Weights (B, U) that add up to 1, 0 behind the end. */
    Tensor forward(Tensor state, Tensor before, ListenAttendSpell.Heard heard) {
        Tensor where = locationKey.forward(location.forward(before.unsqueeze(1)).transpose(1, 2)); // (B, U, A)
        Tensor e = energy.forward(query.forward(state).unsqueeze(1).add(heard.keys()).add(where).tanh()).squeeze(2);
        return e.maskedFill(behind(heard, e), Double.NEGATIVE_INFINITY).softmax(1);
    }

    private static Tensor behind(ListenAttendSpell.Heard heard, Tensor e) {
        return heard.lengths().newArange(e.size(1)).unsqueeze(0).ge(heard.lengths().unsqueeze(1));
    }
}

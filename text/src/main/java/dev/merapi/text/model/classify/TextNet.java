package dev.merapi.text.model.classify;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A network from padded texts to classes.
 *
 * <p>B texts, T tokens, E features of each.
 */
public abstract class TextNet extends Layer implements Unary, Signed {
    private final int classes;

    TextNet(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": expected at least 2 classes. Received "
                    + classes);
        }
        this.classes = classes;
    }

    /** Of texts of words whose ids are not 0, which stands behind a text's end. */
    @Override public final Signature signature() {
        return Signature.of(this, new Signature.Input("input_ids", DType.INT64, List.of("batch", "tokens"),
                shape -> Tensor.randint(1, 3, shape)), "logits");
    }

    /** Number of classes, the last dim of the logits. */
    public final int classes() { return classes; }

    /**
     * Logits (B, classes).
     *
     * @param ids tokens (B, T), int64, filled up at the end
     * @param lengths of each text (B), int64, from 1 to T
     * @throws IllegalArgumentException if shapes do not fit, a text is empty, or an id is outside the vocabulary
     */
    public final Tensor forward(Tensor ids, Tensor lengths) {
        check(ids, lengths);
        return logits(ids, lengths);
    }

    /** Of ids (B, T) that are 0 behind each text. */
    @Override public final Tensor forward(Tensor ids) {
        Tensor places = ids.newArange(1, ids.size(-1) + 1, 1);
        return forward(ids, ids.ne(0).to(DType.INT64).mul(places).amax(-1));
    }

    abstract Tensor logits(Tensor ids, Tensor lengths);

    private void check(Tensor ids, Tensor lengths) {
        if (ids.rank() != 2 || lengths.rank() != 1 || ids.size(0) != lengths.size(0)) {
            throw wrong("ids (B, T) and lengths (B)", Shapes.toString(ids.shape()) + " and "
                    + Shapes.toString(lengths.shape()));
        }
        if (!lengths.device().equals(Device.CPU)) return; // reading them would wait for the device
        try (var _ = Scope.open()) {
            long least = lengths.min().itemLong(), most = lengths.max().itemLong();
            if (least < 1) throw wrong("texts of at least one token", least + "; leave out empty ones");
            if (most > ids.size(1)) throw wrong("lengths up to the " + ids.size(1) + " tokens of ids", most);
        }
    }

    private IllegalArgumentException wrong(String expected, Object received) {
        return new IllegalArgumentException(getClass().getSimpleName() + ": expected " + expected + ". Received "
                + received);
    }

    /** True where tokens are: (B, T, 1). */
    static Tensor there(Tensor lengths, long steps) {
        return lengths.newArange(steps).lt(lengths.unsqueeze(1)).unsqueeze(2);
    }

    /** Over the tokens of each text: x (B, T, E) to (B, E). */
    static Tensor mean(Tensor x, Tensor lengths) {
        return x.mul(there(lengths, x.size(1))).sum(1).div(lengths.unsqueeze(1));
    }
}

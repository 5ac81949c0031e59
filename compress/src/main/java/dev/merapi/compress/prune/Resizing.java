package dev.merapi.compress.prune;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.BatchNorm3d;
import dev.merapi.nn.Change;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Conv3d;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.PRelu;
import dev.merapi.nn.RmsNorm;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Projection;
import java.util.Map;

/** Makes layers again with fewer channels. */
final class Resizing {
    private Resizing() {}

    /**
     * A layer with some of the channels.
     *
     * @param in numbers of the input channels that stay, in order
     * @param out those of the output
     */
    static Layer of(ChannelLayer from, int[] in, int[] out) {
        int groups = from.role() == ChannelLayer.Role.GROUPS ? out.length * from.groups() / from.out() : from.groups();
        int norms = from.layer() instanceof GroupNorm norm ? norm.groups() * out.length / from.out() : 1;
        var change = new Change(PrunedKind.NAME, Map.of("in", in.length, "out", out.length, "groups",
                from.layer() instanceof GroupNorm ? norms : groups));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Layer made = change.make(from.layer());
            var old = from.layer().tensors();
            made.tensors().forEach((name, tensor) -> tensor.copy_(selected(from, name, old.get(name), in, out)));
            old.forEach((name, tensor) -> made.tensors().get(name).requiresGrad_(tensor.requiresGrad()));
            return made;
        }
    }

    private static Tensor selected(ChannelLayer from, String name, Tensor old, int[] in, int[] out) {
        if (old.rank() == 0) return old; // how many batches a norm has seen
        boolean table = name.equals("weight") && from.makesChannels();
        Tensor some = old.detach().indexSelect(table ? from.outAxis() : 0, indices(out, old));
        if (!table || from.role() != ChannelLayer.Role.MIXES) return some; // a group's inputs go with it
        return some.indexSelect(1 - from.outAxis(), indices(in, old));
    }

    private static Tensor indices(int[] channels, Tensor beside) {
        return Tensor.of(channels, channels.length).to(DType.INT64).to(beside.device());
    }

    /** A layer of the kind and settings of another, of these sizes, on its device; its values mean nothing. */
    static Layer make(Layer layer, int in, int out, int groups) {
        var weight = layer.tensors().get("weight");
        boolean bias = layer.tensors().containsKey("bias");
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Torch.on(layer.device(), layer.dtype())) {
            return switch (layer) {
                case Conv2d conv -> new Conv2d(in, out, (int) weight.size(2), (int) weight.size(3),
                        conv.options().groups(groups));
                case Conv1d conv -> new Conv1d(in, out, (int) weight.size(2), conv.options().groups(groups));
                case Conv3d conv -> new Conv3d(in, out, (int) weight.size(2), (int) weight.size(3),
                        (int) weight.size(4), conv.options().groups(groups));
                case Linear _ ->
                        new Linear(new Param(Tensor.empty(out, in)), bias ? new Param(Tensor.empty(out)) : null);
                case Projection _ ->
                        new Projection(new Param(Tensor.empty(out, in).mT()), new Param(Tensor.empty(out)));
                case Embedding table -> new Embedding((int) weight.size(0), out, table.padding());
                case BatchNorm2d norm -> new BatchNorm2d(out, norm.eps(), norm.momentum(), weight != null);
                case BatchNorm1d norm -> new BatchNorm1d(out, norm.eps(), norm.momentum(), weight != null);
                case BatchNorm3d norm -> new BatchNorm3d(out, norm.eps(), norm.momentum(), weight != null);
                case LayerNorm norm -> new LayerNorm(new long[] {out}, norm.eps(), true);
                case RmsNorm norm -> new RmsNorm(out, norm.eps());
                case GroupNorm norm -> new GroupNorm(groups, out, norm.eps());
                case PRelu _ -> new PRelu(out);
                default -> throw new AssertionError(layer);
            };
        }
    }
}

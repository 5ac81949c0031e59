package dev.merapi.compress.quantize;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads decoders of Llama's family that GPTQ or AWQ has rounded to 4 bits, in the layouts of Hugging Face's folders:
 * {@code qweight}, {@code qzeros} and {@code scales} of each layer, eight codes in an int32.
 *
 * <pre>{@code
 * var llama = HubQuantized.load(Path.of("TinyLlama-1.1B-GPTQ"));
 * llama.save(Path.of("tinyllama-int4"));      // opened by Llama.load and Predictor.open from now on
 * }</pre>
 */
public final class HubQuantized {
    private static final int PACKED = 8; // codes in an int32
    private static final int[] IN_ORDER = {0, 1, 2, 3, 4, 5, 6, 7};
    private static final int[] OF_AWQ = {0, 4, 1, 5, 2, 6, 3, 7}; // which nibble holds a column

    private final Weights file;
    private final boolean awq;
    private final int group;

    private HubQuantized(Path folder) {
        if (!(ModelFolder.config(folder).get("quantization_config") instanceof Map<?, ?> settings)) {
            throw Expect.error(folder + "/config.json", "a quantization_config", "none");
        }
        Object method = settings.get("quant_method"), bits = settings.get("bits"), size = settings.get("group_size");
        String where = folder + "/config.json: quantization_config";
        Expect.that("gptq".equals(method) || "awq".equals(method), where, "quant_method gptq or awq", method);
        Expect.that(Integer.valueOf(4).equals(bits), where, "4 bits", bits);
        Expect.that(size instanceof Integer, where, "a group_size such as 128", size);
        file = Weights.open(folder);
        awq = "awq".equals(method);
        group = (Integer) size;
    }

    /**
     * A model whose rounded layers are {@link Int4Linear}.
     *
     * @throws IllegalArgumentException if the folder is not of this kind, or a layer's packing is not as it should be
     */
    public static Llama load(Path folder) {
        var reader = new HubQuantized(folder);
        Llama llama;
        try (var _ = Torch.on(Device.META)) {
            llama = new Llama(LlamaConfig.read(folder));
        }
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            reader.fill(llama);
            return llama;
        } catch (RuntimeException e) {
            llama.close();
            throw e;
        }
    }

    private void fill(Llama llama) {
        var rest = new LinkedHashMap<String, Tensor>();
        for (String name : file.names()) {
            if (!name.matches(".*\\.(qweight|qzeros|scales|g_idx)|.*rotary_emb\\.inv_freq")) {
                rest.put(name, file.tensor(name));
            }
        }
        llama.replace((path, layer) -> {
            if (!file.names().contains(path + ".qweight")) return layer;
            var affine = (MatrixLayer) layer;
            long out = affine.matrix().size(0), in = affine.matrix().size(1);
            Tensor order = order(path, in);
            var grouped = grouped(path, out, in, order);
            Tensor bias = affine.bias() == null ? null : rest.get(path + ".bias");
            var made = Quantization.int4(group, false, order != null)
                    .mark(layer, Int4Linear.of(grouped, null, order, bias));
            made.tensors().forEach((name, tensor) -> rest.put(path + "." + name, tensor));
            return made;
        });
        Weights.of(rest).loadInto(llama);
    }

    private Grouped grouped(String path, long out, long in, Tensor inputOrder) {
        long groups = in / group;
        Tensor qweight = read(path + ".qweight", awq ? new long[] {in, out / PACKED} : new long[] {in / PACKED, out});
        Tensor qzeros = read(path + ".qzeros", groups, out / PACKED);
        Tensor scales = read(path + ".scales", groups, out).to(DType.FLOAT32).mT(); // (out, groups)
        int[] order = awq ? OF_AWQ : IN_ORDER;
        Tensor codes = awq ? columns(qweight, order).mT() : columns(qweight.mT(), order); // (out, in)
        if (inputOrder != null) codes = codes.indexSelect(1, inputOrder);
        Tensor zeros = columns(qzeros, order).mT().add(awq ? 0 : 1); // GPTQ's files hold one less
        Tensor middles = zeros.rsub(8).to(DType.FLOAT32).mul(scales);
        return new Grouped(codes.contiguous(), scales.contiguous(), middles.contiguous(), group);
    }

    /** Of (…, n) int32 (…, 8 n). */
    private static Tensor columns(Tensor packed, int[] order) {
        var parts = new ArrayList<Tensor>();
        for (int nibble : order) {
            Tensor moved = Tensor.call("bitwise_right_shift", "Tensor_Scalar", packed, 4 * nibble);
            parts.add(Tensor.call("bitwise_and", "Scalar", moved, 15));
        }
        return Tensor.stack(parts, -1).flatten(-2, -1);
    }

    private Tensor read(String name, long... shape) {
        Expect.that(file.names().contains(name), name, "a tensor " + Shapes.toString(shape) + " beside the others of"
                + " its layer", "none");
        Tensor tensor = file.tensor(name);
        Expect.that(Arrays.equals(shape, tensor.shape()), name, "a packing of shape " + Shapes.toString(shape)
                + " for groups of " + group, tensor.describe());
        return tensor;
    }

    /**
     * With {@code desc_act} GPTQ rounds the inputs that count most first, and those that come together in that order
     * share a group. Then: the inputs by group, (in); null where groups follow each other.
     */
    private Tensor order(String path, long in) {
        if (!file.names().contains(path + ".g_idx")) return null;
        int[] groups = read(path + ".g_idx", in).toInts();
        var inputs = IntStream.range(0, groups.length).boxed().sorted(Comparator.comparingInt(i -> groups[i])).toList();
        for (int place = 0; place < in; place++) {
            int input = inputs.get(place);
            Expect.that(groups[input] == place / group, path + ".g_idx", "groups of " + group + " inputs, from 0 to "
                    + (in / group - 1), "input " + input + " in group " + groups[input]);
        }
        boolean follow = IntStream.range(0, groups.length).allMatch(i -> groups[i] == i / group);
        return follow ? null : Tensor.of(inputs.stream().mapToLong(Integer::longValue).toArray(), in);
    }
}

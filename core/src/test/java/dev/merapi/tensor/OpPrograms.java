package dev.merapi.tensor;

import dev.merapi.nn.F;
import dev.merapi.nn.PaddingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The programs of {@code goldens/ops.safetensors} in Java: inputs to outputs. */
final class OpPrograms {
    private final Map<String, Function<Tensor[], List<Tensor>>> programs = new TreeMap<>();

    private OpPrograms() {
        products();
        decompositions();
        reductions();
        scans();
        indexing();
        pointwise();
        fourier();
        padding();
        secondOrder();
    }

    static Map<String, Function<Tensor[], List<Tensor>>> all() { return new OpPrograms().programs; }

    private void add(String name, Function<Tensor[], Tensor> program) {
        programs.put(name, x -> List.of(program.apply(x)));
    }

    private void addIndexed(String name, Function<Tensor[], Tensor.Indexed> program) {
        programs.put(name, x -> {
            var indexed = program.apply(x);
            return List.of(indexed.values(), indexed.indices());
        });
    }

    private void products() {
        for (var name : List.of("matmul", "matmul_batched", "matmul_vector")) add(name, x -> x[0].matmul(x[1]));
        add("einsum_batched", x -> Tensor.einsum("bij,bjk->bik", x));
        add("einsum_scores", x -> Tensor.einsum("bthd,bshd->bhts", x));
        add("einsum_diagonal", x -> Tensor.einsum("ii->i", x));
        add("einsum_outer", x -> Tensor.einsum("i,j->ij", x));
        add("einsum_bilinear", x -> Tensor.einsum("bi,oij,bj->bo", x));
    }

    private void decompositions() {
        add("svdvals", x -> x[0].svdValues());
        add("qr_r", x -> x[0].qr().r().abs());
        add("inverse", x -> x[0].inverse());
        add("det", x -> x[0].det());
        add("solve", x -> x[0].solve(x[1]));
        add("cholesky", x -> x[0].matmul(x[0].mT()).add(Tensor.eye(4)).cholesky());
        add("eigvalsh", x -> x[0].add(x[0].mT()).eigenvalues());
    }

    private void reductions() {
        long[] all = {0, 1}, rows = {1};
        add("norm_1", x -> x[0].norm(1, all, false));
        add("norm_2", x -> x[0].norm(2, all, false));
        add("norm_3", x -> x[0].norm(3, all, false));
        add("norm_inf", x -> x[0].norm(Double.POSITIVE_INFINITY, all, false));
        add("norm_fro", x -> x[0].norm());
        add("norm_2_dim", x -> x[0].norm(2, rows, true));
        add("logsumexp", x -> x[0].logSumExp(rows, false));
        add("logsumexp_keepdim", x -> x[0].logSumExp(rows, true));
        add("prod", x -> x[0].prod());
        add("prod_dim", x -> x[0].prod(1, false));
        add("mean_dims", x -> x[0].mean(0, 2));
        add("sum_keepdim", x -> x[0].sum(rows, true));
        add("var", x -> x[0].var(all, 1, false));
        add("var_unbiased", x -> x[0].var(rows, 1, false));
        add("var_biased", x -> x[0].var(rows, 0, false));
        add("std", x -> x[0].std());
        add("std_unbiased", x -> x[0].std(rows, 1, false));
        add("std_biased", x -> x[0].std(rows, 0, false));
        addIndexed("max_dim", x -> x[0].max(1, false));
        addIndexed("min_dim", x -> x[0].min(0, false));
        addIndexed("median_dim", x -> x[0].median(1, false));
        add("argmax", x -> x[0].argmax(1));
    }

    private void scans() {
        add("cumsum", x -> x[0].cumsum(1));
        add("cumprod", x -> x[0].cumprod(1));
        add("logcumsumexp", x -> x[0].logCumSumExp(1));
        addIndexed("sort", x -> x[0].sort(1, false));
        addIndexed("sort_descending", x -> x[0].sort(0, true));
        add("argsort", x -> x[0].argsort(1, false));
        addIndexed("topk", x -> x[0].topk(2, 1));
        addIndexed("topk_smallest", x -> x[0].topk(3, 1, false));
    }

    private void indexing() {
        add("gather", x -> x[0].gather(1, x[1]));
        add("scatter", x -> x[0].scatter(1, x[1], x[2]));
        add("scatter_add", x -> x[0].scatterAdd(1, x[1], x[2]));
        add("index_select", x -> x[0].indexSelect(0, x[1]));
        add("index_add", x -> x[0].indexAdd(0, x[1], x[2]));
        add("masked_fill", x -> x[0].maskedFill(x[1], -7.5));
        add("masked_select", x -> x[0].maskedSelect(x[1]));
        add("where", x -> x[0].where(x[1], x[2]));
        add("slice_step", x -> x[0].get(Index.all(), Index.slice(1, 7, 2)));
        add("roll", x -> x[0].roll(new long[] {1, -2}, new long[] {0, 1}));
        add("flip", x -> x[0].flip(0, 2));
        add("tril", x -> x[0].tril(1));
        add("repeat_interleave", x -> x[0].repeatInterleave(3, 1));
        add("unfold_windows", x -> x[0].unfold(1, 4, 2));
        add("one_hot", x -> x[0].oneHot(5));
    }

    private void pointwise() {
        add("clamp", x -> x[0].clamp(-0.5, 0.8));
        add("clamp_min", x -> x[0].clamp(0.1, null));
        add("broadcast", x -> x[0].add(x[1]).mul(x[2]).div(x[3].pow(2).add(1)));
        add("maximum", x -> x[0].maximum(x[1]));
        add("pow", x -> x[0].pow(2).add(0.5).pow(x[1]));
        add("atan2", x -> x[0].atan2(x[1]));
        add("lerp", x -> x[0].lerp(x[1], 0.3));
        add("outer_difference", x -> x[0].get(Index.all(), Index.newAxis()).sub(x[1].get(Index.newAxis())).abs());
        add("cdist", x -> x[0].cdist(x[1]));
        add("cosine_similarity", x -> Tensor.call("cosine_similarity", "", x[0], x[1], 1, 1e-8));
        Map<String, Function<Tensor, Tensor>> functions = Map.ofEntries(
                Map.entry("erf", Tensor::erf), Map.entry("lgamma", Tensor::lgamma), Map.entry("expm1", Tensor::expm1),
                Map.entry("log1p", Tensor::log1p), Map.entry("rsqrt", Tensor::rsqrt),
                Map.entry("reciprocal", Tensor::reciprocal), Map.entry("sin", Tensor::sin),
                Map.entry("cos", Tensor::cos), Map.entry("tan", Tensor::tan), Map.entry("sinh", Tensor::sinh),
                Map.entry("cosh", Tensor::cosh), Map.entry("atan", Tensor::atan));
        functions.forEach((name, f) -> add(name, x -> f.apply(x[0].abs().add(0.5))));
    }

    private void fourier() {
        add("rfft", x -> x[0].rfft(-1).viewAsReal());
        add("rfft_n", x -> x[0].rfft(10, -1).viewAsReal());
        add("rfft_power", x -> x[0].rfft(-1).abs().square());
        add("irfft", x -> x[0].viewAsComplex().irfft(8, -1));
        add("fft_roundtrip", x -> x[0].rfft(-1).mul(x[1].rfft(-1)).irfft(8, -1));
        add("stft_power", x -> x[0].stft(8, 4, x[1]).abs().square());
    }

    private void padding() {
        long[] sizes = {1, 2, 2, 1};
        add("pad_reflect", x -> F.pad(x[0], sizes, PaddingMode.REFLECT));
        add("pad_replicate", x -> F.pad(x[0], sizes, PaddingMode.REPLICATE));
        add("pad_circular", x -> F.pad(x[0], sizes, PaddingMode.CIRCULAR));
        add("pad_constant", x -> x[0].pad(1.5, 1, 2, 2, 0));
        add("pad_crop", x -> x[0].pad(0, -1, 2));
    }

    private void secondOrder() {
        add("second_order", x -> x[0].sin().mul(x[0].pow(3)).sum().gradOf(x[0], true));
        add("second_order_linear", x -> x[0].matmul(x[1]).tanh().pow(2).sum().gradOf(x[1], true));
        add("gradient_penalty", x -> x[0].matmul(x[1]).tanh().sum().gradOf(x[0], true)
                .norm(2, new long[] {1}, false).sub(1).square().mean());
    }
}

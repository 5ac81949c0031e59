"""ops.safetensors: forward and gradients of tensor operations."""
from .cases import Cases
from .files import safetensors


def write(folder):
    cases = Cases()
    for family in (products, decompositions, reductions, scans, indexing, pointwise, fourier, padding,
                   second_order):
        family(cases)
    return safetensors(folder / "ops.safetensors", cases.tensors, cases.programs)


def products(cases):
    cases.add("matmul", "torch.matmul(x0, x1)", (3, 4), (4, 5))
    cases.add("matmul_batched", "torch.matmul(x0, x1)", (2, 1, 3, 4), (3, 4, 5))
    cases.add("matmul_vector", "torch.matmul(x0, x1)", (2, 3, 4), (4,))
    cases.add("einsum_batched", "torch.einsum('bij,bjk->bik', x0, x1)", (2, 3, 4), (2, 4, 5))
    cases.add("einsum_scores", "torch.einsum('bthd,bshd->bhts', x0, x1)", (2, 3, 2, 4), (2, 5, 2, 4))
    cases.add("einsum_diagonal", "torch.einsum('ii->i', x0)", (4, 4))
    cases.add("einsum_outer", "torch.einsum('i,j->ij', x0, x1)", (3,), (4,))
    cases.add("einsum_bilinear", "torch.einsum('bi,oij,bj->bo', x0, x1, x2)", (3, 4), (2, 4, 5), (3, 5))


def decompositions(cases):
    cases.add("svdvals", "torch.linalg.svdvals(x0)", (5, 3))
    cases.add("qr_r", "torch.linalg.qr(x0)[1].abs()", (5, 3))
    cases.add("inverse", "torch.linalg.inv(x0)", (4, 4))
    cases.add("det", "torch.linalg.det(x0)", (4, 4))
    cases.add("solve", "torch.linalg.solve(x0, x1)", (4, 4), (4, 2))
    cases.add("cholesky", "torch.linalg.cholesky(x0 @ x0.T + torch.eye(4))", (4, 4))
    cases.add("eigvalsh", "torch.linalg.eigvalsh(x0 + x0.T)", (4, 4))


def reductions(cases):
    for p in ("1", "2", "3", "float('inf')", "'fro'"):
        label = p.strip("'").replace("float('inf", "inf").rstrip("')")
        cases.add(f"norm_{label}", f"torch.norm(x0, {p})", (3, 4))
    cases.add("norm_2_dim", "torch.norm(x0, 2, dim=1, keepdim=True)", (3, 4))
    cases.add("logsumexp", "torch.logsumexp(x0, 1)", (3, 4))
    cases.add("logsumexp_keepdim", "torch.logsumexp(x0, 1, keepdim=True)", (3, 4), scale=1000.0)
    cases.add("prod", "torch.prod(x0)", (2, 3))
    cases.add("prod_dim", "torch.prod(x0, 1)", (3, 4))
    cases.add("mean_dims", "torch.mean(x0, (0, 2))", (2, 3, 4))
    cases.add("sum_keepdim", "torch.sum(x0, 1, keepdim=True)", (3, 4))
    for name in ("var", "std"):
        cases.add(name, f"torch.{name}(x0)", (3, 4))
        cases.add(f"{name}_unbiased", f"torch.{name}(x0, 1, unbiased=True)", (3, 4))
        cases.add(f"{name}_biased", f"torch.{name}(x0, 1, unbiased=False)", (3, 4))
    cases.add("max_dim", "torch.max(x0, 1)", (3, 4))
    cases.add("min_dim", "torch.min(x0, 0)", (3, 4))
    cases.add("median_dim", "torch.median(x0, 1)", (3, 5))
    cases.add("argmax", "torch.argmax(x0, 1)", (3, 4))


def scans(cases):
    cases.add("cumsum", "torch.cumsum(x0, 1)", (3, 4))
    cases.add("cumprod", "torch.cumprod(x0, 1)", (3, 4))
    cases.add("logcumsumexp", "torch.logcumsumexp(x0, 1)", (3, 4))
    cases.add("sort", "torch.sort(x0, 1)", (3, 5))
    cases.add("sort_descending", "torch.sort(x0, 0, descending=True)", (5, 3))
    cases.add("argsort", "torch.argsort(x0, 1)", (3, 5))
    cases.add("topk", "torch.topk(x0, 2, 1)", (3, 5))
    cases.add("topk_smallest", "torch.topk(x0, 3, 1, largest=False)", (3, 5))


def indexing(cases):
    index = "torch.tensor([[0, 2, 1], [3, 0, 0]])"
    cases.add("gather", "torch.gather(x0, 1, x1)", (2, 4), index)
    cases.add("scatter", "torch.scatter(x0, 1, x1, x2)", (2, 4),
              "torch.tensor([[0, 2, 1], [3, 0, 1]])", (2, 3))
    cases.add("scatter_add", "torch.scatter_add(x0, 1, x1, x2)", (2, 4), index, (2, 3))
    cases.add("index_select", "torch.index_select(x0, 0, x1)", (4, 3), "torch.tensor([2, 0, 2])")
    cases.add("index_add", "torch.index_add(x0, 0, x1, x2)", (4, 3), "torch.tensor([2, 0, 2])", (3, 3))
    cases.add("masked_fill", "torch.masked_fill(x0, x1, -7.5)", (3, 4), "torch.rand(3, 4) < 0.5")
    cases.add("masked_select", "torch.masked_select(x0, x1)", (3, 4), "torch.arange(12).view(3, 4) % 3 == 0")
    cases.add("where", "torch.where(x0, x1, x2)", "torch.rand(3, 4) < 0.5", (3, 4), (4,))
    cases.add("slice_step", "x0[:, 1::2]", (3, 7))
    cases.add("roll", "torch.roll(x0, (1, -2), (0, 1))", (3, 5))
    cases.add("flip", "torch.flip(x0, (0, 2))", (2, 3, 4))
    cases.add("tril", "torch.tril(x0, 1)", (4, 4))
    cases.add("repeat_interleave", "torch.repeat_interleave(x0, 3, 1)", (2, 4))
    cases.add("unfold_windows", "x0.unfold(1, 4, 2)", (2, 9))
    cases.add("one_hot", "F.one_hot(x0, 5)", "torch.tensor([0, 4, 2])")


def pointwise(cases):
    cases.add("clamp", "torch.clamp(x0, -0.5, 0.8)", (3, 4))
    cases.add("clamp_min", "torch.clamp(x0, min=0.1)", (3, 4))
    cases.add("broadcast", "(x0 + x1) * x2 / (1 + x3 ** 2)", (3, 1), (4,), (2, 1, 1), (3, 4))
    cases.add("maximum", "torch.maximum(x0, x1)", (3, 4), (3, 4))
    cases.add("pow", "torch.pow(x0 ** 2 + 0.5, x1)", (3, 4), (3, 4))
    cases.add("atan2", "torch.atan2(x0, x1)", (3, 4), (3, 4))
    cases.add("lerp", "torch.lerp(x0, x1, 0.3)", (3, 4), (3, 4))
    cases.add("outer_difference", "(x0[:, None] - x1[None, :]).abs()", (3,), (4,))
    cases.add("cdist", "torch.cdist(x0, x1)", (3, 4), (5, 4))
    cases.add("cosine_similarity", "F.cosine_similarity(x0, x1, dim=1)", (3, 4), (3, 4))
    for name in ("erf", "lgamma", "expm1", "log1p", "rsqrt", "reciprocal", "sin", "cos", "tan", "sinh",
                 "cosh", "atan"):
        cases.add(name, f"torch.{name}(x0.abs() + 0.5)", (3, 4))


def fourier(cases):
    """Complex results as pairs (real, imaginary) in a last axis of 2."""
    cases.add("rfft", "torch.view_as_real(torch.fft.rfft(x0))", (2, 7))
    cases.add("rfft_n", "torch.view_as_real(torch.fft.rfft(x0, n=10))", (2, 8))
    cases.add("rfft_power", "torch.fft.rfft(x0).abs() ** 2", (2, 8))
    cases.add("irfft", "torch.fft.irfft(torch.view_as_complex(x0), n=8)", (2, 5, 2))
    cases.add("fft_roundtrip", "torch.fft.irfft(torch.fft.rfft(x0) * torch.fft.rfft(x1), n=8)", (2, 8), (8,))
    cases.add("stft_power", "torch.stft(x0, 8, 4, window=x1, return_complex=True).abs() ** 2", (2, 32),
              "torch.hann_window(8)")


def padding(cases):
    for mode in ("reflect", "replicate", "circular"):
        cases.add(f"pad_{mode}", f"F.pad(x0, (1, 2, 2, 1), mode='{mode}')", (2, 2, 4, 5))
    cases.add("pad_constant", "F.pad(x0, (1, 2, 2, 0), value=1.5)", (2, 3, 4))
    cases.add("pad_crop", "F.pad(x0, (-1, 2))", (3, 4))


def second_order(cases):
    """The program differentiates once with create_graph; grad_in is the gradient of that gradient."""
    program = "torch.autograd.grad({}, {}, create_graph=True)[0]"
    cases.add("second_order", program.format("(x0.sin() * x0 ** 3).sum()", "x0"), (3, 4))
    cases.add("second_order_linear", program.format("(x0 @ x1).tanh().pow(2).sum()", "x1"), (3, 4), (4, 2))
    # WGAN-GP (Gulrajani et al. 2017, arXiv:1704.00028), eq. 3: how far a gradient's norm is from 1.
    gradient = program.format("(x0 @ x1).tanh().sum()", "x0")
    cases.add("gradient_penalty", f"(({gradient}.norm(2, 1) - 1) ** 2).mean()", (3, 4), (4, 2))

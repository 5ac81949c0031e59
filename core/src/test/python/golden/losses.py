"""losses.safetensors: in.0 is the prediction, in.1 the target; a gradient of 1 comes into a scalar loss."""
from .cases import Cases
from .files import safetensors

LABELS = "torch.tensor([1, 0, 4, 2, 1, 3])"
LABELS_2D = "torch.randint(0, 5, (2, 4))"
WEIGHT = "torch.rand(5) + 0.5"
BINARY = "torch.rand(6, 3).round()"
SOFT = "torch.randn(6, 5).softmax(-1)"


def write(folder):
    cases = Cases()
    for family in (classes, binary, regression, distances, ctc):
        family(cases)
    return safetensors(folder / "losses.safetensors", cases.tensors, cases.programs)


def classes(cases):
    def cross_entropy(name, options, x=(6, 5), y=LABELS, *rest):
        cases.add(f"cross_entropy{name}", f"F.cross_entropy(x0, x1{options})", x, y, *rest)

    cross_entropy("", "")
    cross_entropy("_sum", ", reduction='sum'")
    cross_entropy("_none", ", reduction='none'")
    cross_entropy("_weight", ", weight=x2", (6, 5), LABELS, WEIGHT)
    cross_entropy("_weight_sum", ", weight=x2, reduction='sum'", (6, 5), LABELS, WEIGHT)
    cross_entropy("_smoothing", ", label_smoothing=0.1")
    cross_entropy("_ignore", ", ignore_index=1")
    cross_entropy("_all", ", weight=x2, ignore_index=1, label_smoothing=0.1", (6, 5), LABELS, WEIGHT)
    cross_entropy("_soft", "", (6, 5), SOFT)
    cross_entropy("_soft_weight", ", weight=x2, label_smoothing=0.1", (6, 5), SOFT, WEIGHT)
    cross_entropy("_sequence", "", (2, 5, 4), LABELS_2D)
    cross_entropy("_sequence_ignore", ", ignore_index=-100", (2, 5, 4),
                  f"{LABELS_2D}.index_fill(1, torch.tensor(3), -100)")
    cross_entropy("_image", ", reduction='sum'", (2, 5, 3, 4), "torch.randint(0, 5, (2, 3, 4))")

    nll = "F.nll_loss(F.log_softmax(x0, 1), x1{})"
    cases.add("nll", nll.format(""), (6, 5), LABELS)
    cases.add("nll_weight", nll.format(", weight=x2"), (6, 5), LABELS, WEIGHT)
    cases.add("nll_ignore", nll.format(", ignore_index=1"), (6, 5), LABELS)
    cases.add("nll_sum", nll.format(", reduction='sum'"), (6, 5), LABELS)

    kl = "F.kl_div(F.log_softmax(x0, 1), x1, reduction='batchmean', log_target={})"
    cases.add("kl_div", kl.format(False), (6, 5), SOFT)
    cases.add("kl_div_log_target", kl.format(True), (6, 5), f"({SOFT}).log()")
    cases.add("kl_div_mean", "F.kl_div(F.log_softmax(x0, 1), x1, reduction='mean')", (6, 5), SOFT)
    cases.add("kl_div_sum", "F.kl_div(F.log_softmax(x0, 1), x1, reduction='sum')", (6, 5), SOFT)

    cases.add("multi_margin", "F.multi_margin_loss(x0, x1)", (6, 5), LABELS)


def binary(cases):
    bce = "F.binary_cross_entropy_with_logits(x0, x1{})"
    cases.add("bce_with_logits", bce.format(""), (6, 3), BINARY)
    cases.add("bce_with_logits_sum", bce.format(", reduction='sum'"), (6, 3), BINARY)
    cases.add("bce_with_logits_pos_weight", bce.format(", pos_weight=x2"), (6, 3), BINARY,
              "torch.rand(3) + 0.5")
    cases.add("bce_with_logits_weight", bce.format(", weight=x2"), (6, 3), BINARY, "torch.rand(6, 3)")
    cases.add("bce", "F.binary_cross_entropy(torch.sigmoid(x0), x1)", (6, 3), BINARY)
    cases.add("focal", "sigmoid_focal_loss(x0, x1).mean()", (6, 3), BINARY)
    cases.add("focal_sum", "sigmoid_focal_loss(x0, x1, alpha=0.6, gamma=1.5).sum()", (6, 3), BINARY)
    cases.add("focal_no_alpha", "sigmoid_focal_loss(x0, x1, alpha=-1, gamma=2).mean()", (6, 3), BINARY)
    cases.add("hinge", "hinge(x0, x1)", (6,), "torch.tensor([1.0, -1, -1, 1, 1, -1])")
    cases.add("soft_margin", "F.soft_margin_loss(x0, x1)", (6,), "torch.tensor([1.0, -1, -1, 1, 1, -1])")


def regression(cases):
    for name, program in {"mse": "F.mse_loss(x0, x1{})", "l1": "F.l1_loss(x0, x1{})",
                          "huber": "F.huber_loss(x0, x1, delta=0.7{})",
                          "smooth_l1": "F.smooth_l1_loss(x0, x1, beta=0.5{})"}.items():
        cases.add(name, program.format(""), (6, 3), (6, 3))
        cases.add(f"{name}_sum", program.format(", reduction='sum'"), (6, 3), (6, 3))
        cases.add(f"{name}_none", program.format(", reduction='none'"), (6, 3), (6, 3))


def distances(cases):
    signs = "torch.tensor([1.0, -1, -1, 1, 1, -1])"
    cases.add("cosine_embedding", "F.cosine_embedding_loss(x0, x1, x2, margin=0.2)", (6, 4), (6, 4), signs)
    cases.add("triplet_margin", "F.triplet_margin_loss(x0, x1, x2)", (6, 4), (6, 4), (6, 4))
    cases.add("triplet_margin_p1",
              "F.triplet_margin_loss(x0, x1, x2, margin=0.5, p=1, swap=True, reduction='sum')", (6, 4),
              (6, 4), (6, 4))
    cases.add("margin_ranking", "F.margin_ranking_loss(x0, x1, x2, margin=0.3)", (6,), (6,), signs)


def ctc(cases):
    """Logits (T, B, C) with blank 0; in.1 targets, in.2 input lengths, in.3 target lengths."""
    program = "F.ctc_loss(F.log_softmax(x0, 2), x1, x2, x3{})"
    lengths = "torch.tensor([8, 6, 7])", "torch.tensor([3, 1, 4])"
    padded = "torch.tensor([[1, 2, 2, 0], [4, 0, 0, 0], [3, 1, 3, 4]])"
    cases.add("ctc", program.format(""), (8, 3, 5), padded, *lengths)
    cases.add("ctc_sum", program.format(", reduction='sum'"), (8, 3, 5), padded, *lengths)
    cases.add("ctc_none", program.format(", reduction='none'"), (8, 3, 5), padded, *lengths)
    cases.add("ctc_concatenated", program.format(""), (8, 3, 5), "torch.tensor([1, 2, 2, 4, 3, 1, 3, 4])",
              *lengths)
    # The first target needs 3 labels and a blank between the 2s; in 3 frames its loss is infinite.
    cases.add("ctc_zero_infinity", program.format(", zero_infinity=True"), (8, 3, 5), padded,
              "torch.tensor([3, 6, 7])", lengths[1])

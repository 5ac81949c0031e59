"""layers.safetensors: forward and gradients of layers and activations."""
from .cases import Cases
from .files import safetensors


def write(folder):
    cases = Cases()
    for family in (linear, convolution, pooling, resampling, norm, embedding, activation, recurrent,
                   attention, transformer):
        family(cases)
    return safetensors(folder / "layers.safetensors", cases.tensors, cases.programs)


def linear(cases):
    cases.add("linear", "m(x0)", (4, 5), module="nn.Linear(5, 7)")
    cases.add("linear_no_bias", "m(x0)", (4, 5), module="nn.Linear(5, 7, bias=False)")
    cases.add("linear_3d", "m(x0)", (2, 3, 5), module="nn.Linear(5, 7)")
    cases.add("bilinear", "m(x0, x1)", (4, 3), (4, 5), module="nn.Bilinear(3, 5, 2)")


def convolution(cases):
    def add(name, module, shape):
        cases.add(name, "m(x0)", shape, module=module)

    add("conv1d", "nn.Conv1d(3, 4, 3)", (2, 3, 9))
    add("conv1d_stride_padding", "nn.Conv1d(3, 4, 3, stride=2, padding=1)", (2, 3, 9))
    add("conv1d_dilation_no_bias", "nn.Conv1d(3, 4, 3, dilation=2, bias=False)", (2, 3, 9))
    add("conv1d_same", "nn.Conv1d(3, 4, 4, padding='same')", (2, 3, 9))
    add("conv2d", "nn.Conv2d(3, 4, 3)", (2, 3, 6, 7))
    add("conv2d_stride_padding", "nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 0))", (2, 3, 6, 7))
    add("conv2d_groups", "nn.Conv2d(4, 6, 3, padding=1, groups=2)", (2, 4, 5, 5))
    add("conv2d_depthwise", "nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)", (2, 4, 5, 5))
    add("conv2d_dilation", "nn.Conv2d(2, 3, 3, dilation=2)", (2, 2, 7, 7))
    add("conv2d_same", "nn.Conv2d(2, 3, (4, 3), padding='same', dilation=(1, 2))", (2, 2, 6, 6))
    for mode in ("reflect", "replicate", "circular"):
        add(f"conv2d_{mode}", f"nn.Conv2d(2, 3, 3, padding=1, padding_mode='{mode}')", (2, 2, 5, 5))
    add("conv3d", "nn.Conv3d(2, 3, 2, stride=(1, 2, 1), padding=(0, 1, 0))", (2, 2, 3, 4, 4))
    add("conv_transpose1d", "nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1)", (2, 3, 5))
    add("conv_transpose2d", "nn.ConvTranspose2d(3, 2, 3)", (2, 3, 4, 4))
    add("conv_transpose2d_stride", "nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1)",
        (2, 3, 4, 4))
    add("conv_transpose2d_groups", "nn.ConvTranspose2d(4, 6, 3, groups=2, dilation=2, bias=False)",
        (2, 4, 4, 4))


def pooling(cases):
    def add(name, program, shape):
        cases.add(name, program, shape)

    add("max_pool1d", "F.max_pool1d(x0, 2)", (2, 3, 7))
    add("max_pool1d_ceil", "F.max_pool1d(x0, 3, stride=2, padding=1, ceil_mode=True)", (2, 3, 8))
    add("max_pool2d", "F.max_pool2d(x0, 2)", (2, 3, 6, 7))
    add("max_pool2d_padding", "F.max_pool2d(x0, 3, stride=2, padding=1)", (2, 3, 6, 7))
    add("max_pool2d_ceil", "F.max_pool2d(x0, (3, 2), stride=2, ceil_mode=True)", (2, 3, 6, 7))
    add("max_pool2d_dilation", "F.max_pool2d(x0, 2, stride=1, dilation=2)", (2, 3, 6, 6))
    add("avg_pool1d", "F.avg_pool1d(x0, 3, stride=2, padding=1)", (2, 3, 7))
    add("avg_pool2d", "F.avg_pool2d(x0, 2)", (2, 3, 6, 7))
    add("avg_pool2d_padding", "F.avg_pool2d(x0, 3, stride=2, padding=1)", (2, 3, 6, 7))
    add("avg_pool2d_exclude_pad", "F.avg_pool2d(x0, 3, stride=2, padding=1, count_include_pad=False)",
        (2, 3, 6, 7))
    add("avg_pool2d_ceil", "F.avg_pool2d(x0, 3, stride=2, ceil_mode=True)", (2, 3, 6, 7))
    add("adaptive_avg_pool1d", "F.adaptive_avg_pool1d(x0, 3)", (2, 3, 7))
    add("adaptive_avg_pool2d", "F.adaptive_avg_pool2d(x0, (3, 2))", (2, 3, 7, 5))
    add("adaptive_avg_pool2d_global", "F.adaptive_avg_pool2d(x0, 1)", (2, 3, 4, 5))
    add("adaptive_max_pool1d", "F.adaptive_max_pool1d(x0, 3)", (2, 3, 7))
    add("adaptive_max_pool2d", "F.adaptive_max_pool2d(x0, (3, 2))", (2, 3, 7, 5))


def resampling(cases):
    cases.add("upsample_nearest", "F.interpolate(x0, scale_factor=2, mode='nearest')", (2, 3, 3, 4))
    cases.add("upsample_bilinear", "F.interpolate(x0, (5, 7), mode='bilinear', align_corners=False)",
              (2, 3, 3, 4))
    cases.add("upsample_bilinear_corners", "F.interpolate(x0, (5, 7), mode='bilinear', align_corners=True)",
              (2, 3, 3, 4))
    cases.add("pixel_shuffle", "F.pixel_shuffle(x0, 2)", (2, 8, 3, 2))
    cases.add("unfold", "F.unfold(x0, (2, 3), padding=1, stride=2)", (2, 3, 5, 4))


def norm(cases):
    def add(name, module, shape):
        cases.add(name, "m(x0)", shape, module=module)

    add("batch_norm1d_train", "nn.BatchNorm1d(5)", (6, 5))
    add("batch_norm1d_eval", "nn.BatchNorm1d(5).eval()", (6, 5))
    add("batch_norm1d_sequence", "nn.BatchNorm1d(5, momentum=0.3, eps=1e-3)", (3, 5, 4))
    add("batch_norm2d_train", "nn.BatchNorm2d(3)", (4, 3, 3, 2))
    add("batch_norm2d_eval", "nn.BatchNorm2d(3).eval()", (4, 3, 3, 2))
    add("batch_norm2d_not_affine", "nn.BatchNorm2d(3, affine=False)", (4, 3, 3, 2))
    add("batch_norm3d_train", "nn.BatchNorm3d(3)", (2, 3, 2, 3, 2))
    add("layer_norm", "nn.LayerNorm(6)", (2, 3, 6))
    add("layer_norm_2_axes", "nn.LayerNorm((3, 4), eps=1e-3)", (2, 3, 4))
    add("layer_norm_not_affine", "nn.LayerNorm(6, elementwise_affine=False)", (2, 3, 6))
    add("rms_norm", "RMSNorm(6)", (2, 3, 6))
    add("rms_norm_eps", "RMSNorm(6, eps=1e-2)", (2, 3, 6))
    add("group_norm", "nn.GroupNorm(2, 6)", (2, 6, 3, 3))
    add("instance_norm2d", "nn.InstanceNorm2d(3, affine=True)", (2, 3, 4, 4))
    add("instance_norm2d_running", "nn.InstanceNorm2d(3, affine=True, track_running_stats=True)",
        (2, 3, 4, 4))
    cases.add("local_response_norm", "F.local_response_norm(x0, 3, alpha=0.1)", (2, 5, 3, 3))
    cases.add("normalize", "F.normalize(x0, dim=-1)", (3, 5))


def embedding(cases):
    ids = "torch.tensor([[1, 4, 0], [6, 4, 0]])"
    cases.add("embedding", "m(x0)", ids, module="nn.Embedding(7, 5)")
    cases.add("embedding_padding", "m(x0)", ids, module="nn.Embedding(7, 5, padding_idx=0)")
    flat, offsets = "torch.tensor([1, 4, 2, 6, 4, 5, 0])", "torch.tensor([0, 3, 3, 5])"
    for mode in ("sum", "mean", "max"):
        cases.add(f"embedding_bag_{mode}", "m(x0, x1)", flat, offsets,
                  module=f"nn.EmbeddingBag(7, 5, mode='{mode}')")
    cases.add("embedding_bag_weighted", "m(x0, x1, per_sample_weights=x2)", flat, offsets, (7,),
              module="nn.EmbeddingBag(7, 5, mode='sum')")
    cases.add("embedding_bag_padding", "m(x0)", ids,
              module="nn.EmbeddingBag(7, 5, mode='mean', padding_idx=0)")


def activation(cases):
    def add(name, program):
        cases.add(name, program, (5, 7), scale=3.0)

    for name in ("relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "mish", "hardsigmoid", "hardtanh",
                 "hardswish", "softplus", "softsign", "logsigmoid", "tanhshrink", "softshrink", "hardshrink",
                 "leaky_relu"):
        add(name, f"F.{name}(x0)")
    add("sigmoid", "torch.sigmoid(x0)")
    add("tanh", "torch.tanh(x0)")
    add("gelu_tanh", "F.gelu(x0, approximate='tanh')")
    add("leaky_relu_slope", "F.leaky_relu(x0, 0.2)")
    add("elu_alpha", "F.elu(x0, 0.7)")
    add("celu_alpha", "F.celu(x0, 0.7)")
    add("softplus_beta", "F.softplus(x0, beta=2, threshold=5)")
    add("hardtanh_range", "F.hardtanh(x0, -2, 0.5)")
    add("threshold", "F.threshold(x0, 0.1, 20)")
    add("softmax", "F.softmax(x0, -1)")
    add("log_softmax", "F.log_softmax(x0, -1)")
    cases.add("softmax_dim1", "F.softmax(x0, 1)", (2, 3, 4))
    cases.add("glu", "F.glu(x0, -1)", (5, 8))
    cases.add("prelu", "m(x0)", (5, 7), module="nn.PReLU()")
    cases.add("prelu_channels", "m(x0)", (2, 3, 4), module="nn.PReLU(3)")


def recurrent(cases):
    """Inputs: x, h0[, c0][, lengths]. Outputs: y, h_n[, c_n].

    3 features, 4 units, 2 sequences of 5 steps; with lengths 3 sequences of up to 5.
    """
    kinds = {"rnn_tanh": "nn.RNN(3, 4{})", "rnn_relu": "nn.RNN(3, 4, nonlinearity='relu'{})",
             "lstm": "nn.LSTM(3, 4{})", "gru": "nn.GRU(3, 4{})"}
    for kind, form in kinds.items():
        lstm = kind == "lstm"
        call = "flat(m(x0, (x1, x2)))" if lstm else "flat(m(x0, x1))"

        def add(name, options, rows, x=(5, 2, 3)):
            state = [(rows, 2, 4)] * (2 if lstm else 1)
            cases.add(f"{kind}_{name}", call, x, *state, module=form.format(options))

        add("1_layer", "", 1)
        add("2_layers", ", num_layers=2", 2)
        add("no_bias", ", bias=False", 1)
        add("bidirectional", ", bidirectional=True", 2)
        add("2_layers_bidirectional", ", num_layers=2, bidirectional=True", 4)
        add("batch_first", ", batch_first=True", 1, (2, 5, 3))
        cases.add(f"{kind}_zero_state", "flat(m(x0))", (2, 5, 3), module=form.format(", batch_first=True"))

        state = [(4, 3, 4)] * (2 if lstm else 1)
        lengths = f"x{len(state) + 1}"
        given = "(x1, x2)" if lstm else "x1"
        cases.add(f"{kind}_lengths", f"packed(m, x0, {lengths}, {given})", (3, 5, 3), *state,
                  "torch.tensor([3, 5, 1])",
                  module=form.format(", num_layers=2, bidirectional=True, batch_first=True"))
    cases.add("rnn_cell", "m(x0, x1)", (2, 3), (2, 4), module="nn.RNNCell(3, 4)")
    cases.add("gru_cell", "m(x0, x1)", (2, 3), (2, 4), module="nn.GRUCell(3, 4)")
    cases.add("lstm_cell", "m(x0, (x1, x2))", (2, 3), (2, 4), (2, 4), module="nn.LSTMCell(3, 4)")


def attention(cases):
    """Boolean masks are torch's: True is hidden. Batch first: x (B, T, E)."""
    mha = "nn.MultiheadAttention(8, 2, batch_first=True)"
    padding = "torch.tensor([[False] * 5, [False] * 3 + [True] * 2])"
    cases.add("mha", "m(x0, x0, x0)[0]", (2, 5, 8), module=mha)
    cases.add("mha_no_bias", "m(x0, x0, x0)[0]", (2, 5, 8),
              module="nn.MultiheadAttention(8, 2, bias=False, batch_first=True)")
    cases.add("mha_weights", "m(x0, x0, x0, average_attn_weights=False)", (2, 5, 8), module=mha)
    cases.add("mha_causal", "m(x0, x0, x0, attn_mask=x1)[0]", (2, 5, 8), "causal(5)", module=mha)
    cases.add("mha_padding", "m(x0, x0, x0, key_padding_mask=x1)[0]", (2, 5, 8), padding, module=mha)
    cases.add("mha_causal_padding", "m(x0, x0, x0, attn_mask=x1, key_padding_mask=x2)[0]", (2, 5, 8),
              "causal(5)", padding, module=mha)
    cases.add("mha_additive", "m(x0, x0, x0, attn_mask=x1)[0]", (2, 5, 8),
              "torch.randn(5, 5).masked_fill(causal(5), -float('inf'))", module=mha)
    cases.add("mha_cross", "m(x0, x1, x2)[0]", (2, 3, 8), (2, 5, 8), (2, 5, 8), module=mha)
    cases.add("mha_cross_dims", "m(x0, x1, x2)[0]", (2, 3, 8), (2, 5, 6), (2, 5, 4),
              module="nn.MultiheadAttention(8, 2, kdim=6, vdim=4, batch_first=True)")

    cases.add("sdpa", "attention(x0, x1, x2)", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 4))
    cases.add("sdpa_causal", "attention(x0, x1, x2, is_causal=True)", (2, 2, 5, 4), (2, 2, 5, 4),
              (2, 2, 5, 4))
    cases.add("sdpa_grouped", "attention(x0, x1, x2, is_causal=True)", (2, 4, 5, 4), (2, 2, 5, 4),
              (2, 2, 5, 4))
    cases.add("gqa", "m(x0)", (2, 5, 16), module="GroupedQueryAttention(16, heads=4, groups=2)")
    cases.add("gqa_rotary", "m(x0)", (2, 5, 16),
              module="GroupedQueryAttention(16, heads=4, groups=2, rotary=True)")
    cases.add("mqa", "m(x0)", (2, 5, 16), module="GroupedQueryAttention(16, heads=4, groups=1)")

    cases.add("sinusoidal", "sinusoidal(12, 8)")
    for style in ("interleaved", "half"):
        cases.add(f"rotary_{style}", f"rotary_{style}(x0)", (2, 2, 5, 8))
        cases.add(f"rotary_{style}_start", f"rotary_{style}(x0, start=3, base=500000.0)", (2, 2, 5, 8))


def transformer(cases):
    padding = "torch.tensor([[False] * 5, [False] * 3 + [True] * 2])"
    encoder = "nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True{})"
    decoder = "nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, batch_first=True{})"
    for order, first in (("post", ""), ("pre", ", norm_first=True")):
        for act in ("relu", "gelu"):
            cases.add(f"encoder_layer_{order}_{act}", "m(x0)", (2, 5, 8),
                      module=encoder.format(f", activation='{act}'{first}"))
        cases.add(f"encoder_layer_{order}_masked", "m(x0, src_mask=x1, src_key_padding_mask=x2)", (2, 5, 8),
                  "causal(5)", padding, module=encoder.format(first))
        cases.add(f"decoder_layer_{order}", "m(x0, x1, tgt_mask=x2)", (2, 3, 8), (2, 5, 8), "causal(3)",
                  module=decoder.format(first))
        cases.add(f"decoder_layer_{order}_padding", "m(x0, x1, tgt_mask=x2, memory_key_padding_mask=x3)",
                  (2, 3, 8), (2, 5, 8), "causal(3)", padding, module=decoder.format(first))
    cases.add("encoder", "m(x0, src_key_padding_mask=x1)", (2, 5, 8), padding,
              module=f"nn.TransformerEncoder({encoder.format('')}, 2)")
    cases.add("encoder_pre_final_norm", "m(x0)", (2, 5, 8),
              module=f"nn.TransformerEncoder({encoder.format(', norm_first=True')}, 2, norm=nn.LayerNorm(8))")

package dev.merapi.vision.pretrained;

import dev.merapi.io.Weights;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** From the names that Hugging Face's transformers and timm give tensors to torchvision's, which are ours. */
final class Renaming {
    /** The first rule that fits a whole name makes another of it, or null for what is not needed. */
    private record Rule(Pattern name, Function<MatchResult, String> to) {
        static Rule of(String pattern, Function<MatchResult, String> to) {
            return new Rule(Pattern.compile(pattern), to);
        }

        /** {@code $1} and so on stand for groups. */
        static Rule of(String pattern, String to) {
            return of(pattern, found -> {
                String name = to;
                for (int i = 1; i <= found.groupCount(); i++) name = name.replace("$" + i, found.group(i));
                return name;
            });
        }
    }

    private static final List<Rule> RESNET = List.of(
            Rule.of("resnet\\.embedder\\.embedder\\.convolution\\.(.*)", "conv1.$1"),
            Rule.of("resnet\\.embedder\\.embedder\\.normalization\\.(.*)", "bn1.$1"),
            Rule.of("resnet\\.encoder\\.stages\\.(\\d+)\\.layers\\.(\\d+)\\.shortcut\\.convolution\\.(.*)",
                    m -> stage(m) + ".downsample.0." + m.group(3)),
            Rule.of("resnet\\.encoder\\.stages\\.(\\d+)\\.layers\\.(\\d+)\\.shortcut\\.normalization\\.(.*)",
                    m -> stage(m) + ".downsample.1." + m.group(3)),
            Rule.of("resnet\\.encoder\\.stages\\.(\\d+)\\.layers\\.(\\d+)\\.layer\\.(\\d+)\\.convolution\\.(.*)",
                    m -> stage(m) + ".conv" + plus(m, 3, 1, 1) + "." + m.group(4)),
            Rule.of("resnet\\.encoder\\.stages\\.(\\d+)\\.layers\\.(\\d+)\\.layer\\.(\\d+)\\.normalization\\.(.*)",
                    m -> stage(m) + ".bn" + plus(m, 3, 1, 1) + "." + m.group(4)),
            Rule.of("classifier\\.1\\.(.*)", "fc.$1"));

    private static final String BLOCK = "(?:vit|deit)\\.encoder\\.layer\\.(\\d+)\\.";
    private static final String TO_BLOCK = "encoder.layers.encoder_layer_$1.";
    private static final List<Rule> VIT = List.of(
            Rule.of("(?:vit|deit)\\.embeddings\\.cls_token", "class_token"),
            Rule.of("(?:vit|deit)\\.embeddings\\.position_embeddings", "encoder.pos_embedding"),
            Rule.of("(?:vit|deit)\\.embeddings\\.patch_embeddings\\.projection\\.(.*)", "conv_proj.$1"),
            Rule.of(BLOCK + "layernorm_before\\.(.*)", TO_BLOCK + "ln_1.$2"),
            Rule.of(BLOCK + "layernorm_after\\.(.*)", TO_BLOCK + "ln_2.$2"),
            Rule.of(BLOCK + "attention\\.attention\\.(query|key|value)\\.(.*)",
                    TO_BLOCK + "self_attention.in_proj_$3#$2"),
            Rule.of(BLOCK + "attention\\.output\\.dense\\.(.*)", TO_BLOCK + "self_attention.out_proj.$2"),
            Rule.of(BLOCK + "intermediate\\.dense\\.(.*)", TO_BLOCK + "mlp.0.$2"),
            Rule.of(BLOCK + "output\\.dense\\.(.*)", TO_BLOCK + "mlp.3.$2"),
            Rule.of("(?:vit|deit)\\.layernorm\\.(.*)", "encoder.ln.$1"),
            Rule.of("(?:vit|deit)\\.pooler\\..*", _ -> null),
            Rule.of("classifier\\.(.*)", "heads.head.$1"));

    private static final String CONVNEXT_BLOCK = "convnext\\.encoder\\.stages\\.(\\d+)\\.layers\\.(\\d+)\\.";
    private static final List<Rule> CONVNEXT = List.of(
            Rule.of("convnext\\.embeddings\\.patch_embeddings\\.(.*)", "features.0.0.$1"),
            Rule.of("convnext\\.embeddings\\.layernorm\\.(.*)", "features.0.1.$1"),
            Rule.of("convnext\\.encoder\\.stages\\.(\\d+)\\.downsampling_layer\\.(\\d)\\.(.*)",
                    m -> "features." + plus(m, 1, 2, 0) + "." + m.group(2) + "." + m.group(3)),
            Rule.of(CONVNEXT_BLOCK + "layer_scale_parameter", m -> block(m) + "layer_scale"),
            Rule.of(CONVNEXT_BLOCK + "dwconv\\.(.*)", m -> block(m) + "block.0." + m.group(3)),
            Rule.of(CONVNEXT_BLOCK + "layernorm\\.(.*)", m -> block(m) + "block.2." + m.group(3)),
            Rule.of(CONVNEXT_BLOCK + "pwconv1\\.(.*)", m -> block(m) + "block.3." + m.group(3)),
            Rule.of(CONVNEXT_BLOCK + "pwconv2\\.(.*)", m -> block(m) + "block.5." + m.group(3)),
            Rule.of("convnext\\.layernorm\\.(.*)", "classifier.0.$1"),
            Rule.of("classifier\\.(weight|bias)", "classifier.2.$1"));

    private static final String TIMM_CONVNEXT_BLOCK = "stages\\.(\\d+)\\.blocks\\.(\\d+)\\.";
    private static final List<Rule> TIMM_CONVNEXT = List.of(
            Rule.of("stem\\.(\\d)\\.(.*)", "features.0.$1.$2"),
            Rule.of("stages\\.(\\d+)\\.downsample\\.(\\d)\\.(.*)",
                    m -> "features." + plus(m, 1, 2, 0) + "." + m.group(2) + "." + m.group(3)),
            Rule.of(TIMM_CONVNEXT_BLOCK + "gamma", m -> block(m) + "layer_scale"),
            Rule.of(TIMM_CONVNEXT_BLOCK + "conv_dw\\.(.*)", m -> block(m) + "block.0." + m.group(3)),
            Rule.of(TIMM_CONVNEXT_BLOCK + "norm\\.(.*)", m -> block(m) + "block.2." + m.group(3)),
            Rule.of(TIMM_CONVNEXT_BLOCK + "mlp\\.fc1\\.(.*)", m -> block(m) + "block.3." + m.group(3)),
            Rule.of(TIMM_CONVNEXT_BLOCK + "mlp\\.fc2\\.(.*)", m -> block(m) + "block.5." + m.group(3)),
            Rule.of("head\\.norm\\.(.*)", "classifier.0.$1"),
            Rule.of("head\\.fc\\.(.*)", "classifier.2.$1"));

    private static final List<Rule> TIMM_VIT = List.of(
            Rule.of("cls_token", "class_token"),
            Rule.of("pos_embed", "encoder.pos_embedding"),
            Rule.of("patch_embed\\.proj\\.(.*)", "conv_proj.$1"),
            Rule.of("blocks\\.(\\d+)\\.norm([12])\\.(.*)", TO_BLOCK + "ln_$2.$3"),
            Rule.of("blocks\\.(\\d+)\\.attn\\.qkv\\.(.*)", TO_BLOCK + "self_attention.in_proj_$2"),
            Rule.of("blocks\\.(\\d+)\\.attn\\.proj\\.(.*)", TO_BLOCK + "self_attention.out_proj.$2"),
            Rule.of("blocks\\.(\\d+)\\.mlp\\.fc1\\.(.*)", TO_BLOCK + "mlp.0.$2"),
            Rule.of("blocks\\.(\\d+)\\.mlp\\.fc2\\.(.*)", TO_BLOCK + "mlp.3.$2"),
            Rule.of("norm\\.(.*)", "encoder.ln.$1"),
            Rule.of("head\\.(.*)", "heads.head.$1"));

    private static final String MOBILENET_PART = "\\.(convolution|normalization)\\.(.*)";
    private static final List<Rule> MOBILENET_V1 = List.of(
            Rule.of("mobilenet_v1\\.conv_stem" + MOBILENET_PART, m -> "features.0." + part(m, 1)),
            Rule.of("mobilenet_v1\\.layer\\.(\\d+)" + MOBILENET_PART, m -> "features." + (number(m, 1) / 2 + 1) + "."
                    + number(m, 1) % 2 + "." + part(m, 2)),
            Rule.of("classifier\\.(.*)", "classifier.1.$1"));

    private static final List<Rule> MOBILENET_V2 = List.of(
            Rule.of("mobilenet_v2\\.conv_stem\\.first_conv" + MOBILENET_PART, m -> "features.0." + part(m, 1)),
            Rule.of("mobilenet_v2\\.conv_stem\\.conv_3x3" + MOBILENET_PART, m -> "features.1.conv.0." + part(m, 1)),
            Rule.of("mobilenet_v2\\.conv_stem\\.reduce_1x1\\.convolution\\.(.*)", "features.1.conv.1.$1"),
            Rule.of("mobilenet_v2\\.conv_stem\\.reduce_1x1\\.normalization\\.(.*)", "features.1.conv.2.$1"),
            Rule.of("mobilenet_v2\\.layer\\.(\\d+)\\.expand_1x1" + MOBILENET_PART,
                    m -> inverted(m) + "0." + part(m, 2)),
            Rule.of("mobilenet_v2\\.layer\\.(\\d+)\\.conv_3x3" + MOBILENET_PART,
                    m -> inverted(m) + "1." + part(m, 2)),
            Rule.of("mobilenet_v2\\.layer\\.(\\d+)\\.reduce_1x1\\.convolution\\.(.*)",
                    m -> inverted(m) + "2." + m.group(2)),
            Rule.of("mobilenet_v2\\.layer\\.(\\d+)\\.reduce_1x1\\.normalization\\.(.*)",
                    m -> inverted(m) + "3." + m.group(2)),
            Rule.of("mobilenet_v2\\.conv_1x1" + MOBILENET_PART, m -> "features.18." + part(m, 1)),
            Rule.of("classifier\\.(.*)", "classifier.1.$1"));

    private Renaming() {}

    /** EfficientNet's blocks are counted through all stages; the first does not widen, and so lacks a convolution. */
    private static List<Rule> efficientNet(List<Integer> blocks, Set<String> names) {
        String top = "features." + (blocks.size() + 1) + ".";
        Function<MatchResult, String> block = m -> {
            int stage = 0, left = number(m, 1);
            while (stage < blocks.size() - 1 && left >= blocks.get(stage)) left -= blocks.get(stage++);
            return "features." + (stage + 1) + "." + left + ".block.";
        };
        Function<MatchResult, Integer> before = m ->
                names.contains("efficientnet.encoder.blocks." + m.group(1) + ".expansion.expand_conv.weight") ? 1 : 0;
        String of = "efficientnet\\.encoder\\.blocks\\.(\\d+)\\.";
        return List.of(
                Rule.of("efficientnet\\.embeddings\\.convolution\\.(.*)", "features.0.0.$1"),
                Rule.of("efficientnet\\.embeddings\\.batchnorm\\.(.*)", "features.0.1.$1"),
                Rule.of(of + "expansion\\.expand_conv\\.(.*)", m -> block.apply(m) + "0.0." + m.group(2)),
                Rule.of(of + "expansion\\.expand_bn\\.(.*)", m -> block.apply(m) + "0.1." + m.group(2)),
                Rule.of(of + "depthwise_conv\\.depthwise_conv\\.(.*)",
                        m -> block.apply(m) + before.apply(m) + ".0." + m.group(2)),
                Rule.of(of + "depthwise_conv\\.depthwise_norm\\.(.*)",
                        m -> block.apply(m) + before.apply(m) + ".1." + m.group(2)),
                Rule.of(of + "squeeze_excite\\.reduce\\.(.*)",
                        m -> block.apply(m) + (1 + before.apply(m)) + ".fc1." + m.group(2)),
                Rule.of(of + "squeeze_excite\\.expand\\.(.*)",
                        m -> block.apply(m) + (1 + before.apply(m)) + ".fc2." + m.group(2)),
                Rule.of(of + "projection\\.project_conv\\.(.*)",
                        m -> block.apply(m) + (2 + before.apply(m)) + ".0." + m.group(2)),
                Rule.of(of + "projection\\.project_bn\\.(.*)",
                        m -> block.apply(m) + (2 + before.apply(m)) + ".1." + m.group(2)),
                Rule.of("efficientnet\\.encoder\\.top_conv\\.(.*)", top + "0.$1"),
                Rule.of("efficientnet\\.encoder\\.top_bn\\.(.*)", top + "1.$1"),
                Rule.of("classifier\\.(.*)", "classifier.1.$1"));
    }

    /** By what the file's names begin with; those that no rule knows stay as they are, for messages to show. */
    static Weights of(Map<String, Object> config, Weights file) {
        var names = file.names();
        if (has(names, "mobilenet_v1.")) return renamed(file, MOBILENET_V1);
        if (has(names, "mobilenet_v2.")) return renamed(file, MOBILENET_V2);
        if (has(names, "efficientnet.")) {
            return renamed(file, efficientNet(HuggingFace.blocks(config), Set.copyOf(names)));
        }
        if (has(names, "resnet.")) return renamed(file, RESNET);
        if (has(names, "vit.") || has(names, "deit.")) return joined(renamed(file, VIT));
        if (has(names, "convnext.")) return scaled(renamed(file, CONVNEXT));
        if (has(names, "stem.0.") && has(names, "stages.")) return scaled(renamed(file, TIMM_CONVNEXT));
        if (has(names, "patch_embed.") && has(names, "blocks.")) return renamed(file, TIMM_VIT);
        return file;
    }

    private static boolean has(Iterable<String> names, String prefix) {
        for (String name : names) if (name.startsWith(prefix)) return true;
        return false;
    }

    private static Weights renamed(Weights file, List<Rule> rules) {
        return file.renamed(name -> {
            for (Rule rule : rules) {
                var found = rule.name.matcher(name);
                if (found.matches()) return rule.to.apply(found.toMatchResult());
            }
            return name;
        });
    }

    private static String stage(MatchResult m) { return "layer" + plus(m, 1, 1, 1) + "." + m.group(2); }

    private static String block(MatchResult m) { return "features." + plus(m, 1, 2, 1) + "." + m.group(2) + "."; }

    private static String inverted(MatchResult m) { return "features." + plus(m, 1, 1, 2) + ".conv."; }

    /** A convolution, or the norm behind it. */
    private static String part(MatchResult m, int group) {
        return (m.group(group).equals("convolution") ? "0." : "1.") + m.group(group + 1);
    }

    private static int number(MatchResult m, int group) { return Integer.parseInt(m.group(group)); }

    private static int plus(MatchResult m, int group, int times, int more) {
        return number(m, group) * times + more;
    }

    /** Queries, keys and values in one tensor each, rows below rows. */
    private static Weights joined(Weights parts) {
        var whole = new LinkedHashMap<String, Tensor>();
        for (String name : parts.names()) {
            if (!name.endsWith("#query")) continue;
            String joined = name.substring(0, name.indexOf('#'));
            whole.put(joined, Tensor.cat(List.of(parts.tensor(name), parts.tensor(joined + "#key"),
                    parts.tensor(joined + "#value")), 0));
        }
        return parts.renamed(name -> name.contains("#") ? null : name).or(Weights.of(whole));
    }

    /** One factor for each channel of a map (C, H, W). */
    private static Weights scaled(Weights weights) {
        var shaped = new LinkedHashMap<String, Tensor>();
        for (String name : weights.names()) {
            if (name.endsWith(".layer_scale")) shaped.put(name, weights.tensor(name).view(-1, 1, 1));
        }
        return weights.renamed(name -> shaped.containsKey(name) ? null : name).or(Weights.of(shaped));
    }
}

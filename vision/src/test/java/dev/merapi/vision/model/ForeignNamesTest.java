package dev.merapi.vision.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.pretrained.Vision;
import dev.merapi.vision.transform.ImageProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files with the names of Hugging Face and timm: {@code src/test/python/hugging_face.py} wrote what is expected. */
class ForeignNamesTest {
    /** Of the largest logit: some norms there have an epsilon of 1e-12, and all of ours 1e-6. */
    private static final double TOLERANCE = 2e-5;

    private static final Map<String, Object> VIT = Map.of("model_type", "vit", "image_size", 32, "patch_size", 8,
            "hidden_size", 16, "num_hidden_layers", 2, "num_attention_heads", 2, "intermediate_size", 24);
    private static final Map<String, Object> CONVNEXT = Map.of("model_type", "convnext", "depths", List.of(1, 2),
            "hidden_sizes", List.of(8, 16));

    private static final Map<String, Object> EFFICIENTNET = Map.ofEntries(Map.entry("model_type", "efficientnet"),
            Map.entry("width_coefficient", 0.5), Map.entry("depth_coefficient", 1.5), Map.entry("image_size", 52),
            Map.entry("in_channels", List.of(32, 16, 24)), Map.entry("out_channels", List.of(16, 24, 40)),
            Map.entry("kernel_sizes", List.of(3, 5, 3)), Map.entry("strides", List.of(1, 2, 2)),
            Map.entry("num_block_repeats", List.of(1, 1, 2)), Map.entry("expand_ratios", List.of(1, 4, 6)),
            Map.entry("depthwise_padding", List.of(4)), Map.entry("hidden_dim", 640));

    @TempDir Path folder;

    @Test void resnet() throws IOException {
        assertLogits("resnet-basic", Map.of("model_type", "resnet", "layer_type", "basic", "depths", List.of(1, 2),
                "hidden_sizes", List.of(8, 16), "embedding_size", 8), tensors("resnet-basic"));
        assertLogits("resnet-bottleneck", Map.of("model_type", "resnet", "depths", List.of(1, 2), "hidden_sizes",
                List.of(32, 64), "embedding_size", 8), tensors("resnet-bottleneck"));
    }

    @Test void transformer() throws IOException {
        assertLogits("vit", VIT, tensors("vit"));
        var deit = new LinkedHashMap<>(VIT);
        deit.put("model_type", "deit");
        assertLogits("deit", deit, tensors("deit"));
    }

    @Test void mobilenets() throws IOException {
        assertLogits("mobilenet_v1", Map.of("model_type", "mobilenet_v1", "depth_multiplier", 0.25, "min_depth", 8),
                tensors("mobilenet_v1"));
        Map<String, Object> second = Map.of("model_type", "mobilenet_v2", "depth_multiplier", 0.35, "tf_padding", true,
                "layer_norm_eps", 0.001, "classifier_dropout_prob", 0.8);
        assertLogits("mobilenet_v2", second, tensors("mobilenet_v2"));
        var fine = new LinkedHashMap<>(second); // of maps with odd sides
        fine.put("output_stride", 16);
        assertLogits("mobilenet_v2-odd", fine, tensors("mobilenet_v2-odd"));
    }

    /** A map of 13x13 is shrunk by the fifth block, which is padded on both sides alike. */
    @Test void efficientnet() throws IOException {
        assertLogits("efficientnet", EFFICIENTNET, tensors("efficientnet"));
        assertMessage("depthwise_padding: expected what follows from image_size, []. Received [4].", 64);
    }

    private void assertMessage(String expected, int imageSize) throws IOException {
        var other = new LinkedHashMap<>(EFFICIENTNET);
        other.put("image_size", imageSize);
        assertMessage(expected, other);
    }

    @Test void convnext() throws IOException { assertLogits("convnext", CONVNEXT, tensors("convnext")); }

    /** The same tensors by the names that timm gives them. */
    @Test void timm() throws IOException {
        try (var _ = Scope.open()) {
            var vit = new LinkedHashMap<String, Tensor>();
            var of = tensors("vit");
            of.forEach((name, tensor) -> {
                if (name.contains("attention.attention")) return;
                vit.put(name.replace("vit.embeddings.cls_token", "cls_token")
                        .replace("vit.embeddings.position_embeddings", "pos_embed")
                        .replace("vit.embeddings.patch_embeddings.projection", "patch_embed.proj")
                        .replace("vit.encoder.layer", "blocks").replace("layernorm_before", "norm1")
                        .replace("layernorm_after", "norm2").replace("attention.output.dense", "attn.proj")
                        .replace("intermediate.dense", "mlp.fc1").replace("output.dense", "mlp.fc2")
                        .replace("vit.layernorm", "norm").replace("classifier", "head"), tensor);
            });
            for (int i = 0; i < 2; i++) {
                for (String part : List.of("weight", "bias")) {
                    String from = "vit.encoder.layer." + i + ".attention.attention.";
                    vit.put("blocks." + i + ".attn.qkv." + part, Tensor.cat(List.of(of.get(from + "query." + part),
                            of.get(from + "key." + part), of.get(from + "value." + part)), 0));
                }
            }
            assertLogits("vit", VIT, vit);
            var convnext = new LinkedHashMap<String, Tensor>();
            tensors("convnext").forEach((name, tensor) -> convnext.put(name
                    .replace("convnext.embeddings.patch_embeddings", "stem.0")
                    .replace("convnext.embeddings.layernorm", "stem.1").replace("convnext.layernorm", "head.norm")
                    .replace("convnext.encoder.", "").replace("downsampling_layer", "downsample")
                    .replace("layers", "blocks").replace("dwconv", "conv_dw").replace("layernorm", "norm")
                    .replace("pwconv", "mlp.fc").replace("layer_scale_parameter", "gamma")
                    .replace("classifier", "head.fc"), tensor));
            assertLogits("convnext", CONVNEXT, convnext);
        }
    }

    @Test void whatCannotBeDoneIsNamed() throws IOException {
        var tanh = new LinkedHashMap<>(VIT);
        tanh.put("hidden_act", "tanh");
        assertMessage("hidden_act: expected gelu. Received tanh.", tanh);
        assertMessage("config.json: expected model_type [convnext, deit, efficientnet, mobilenet_v1,"
                + " mobilenet_v2, resnet, vit], or architecture [cifar_",
                Map.of("model_type", "swin"));
        var deeper = new LinkedHashMap<>(VIT);
        deeper.put("num_hidden_layers", 3);
        assertMessage("missing    encoder.layers.encoder_layer_2.", deeper);
    }

    private void assertMessage(String expected, Map<String, Object> config) throws IOException {
        try (var _ = Scope.open()) {
            write(config, tensors("vit"));
            String message = assertThrows(IllegalArgumentException.class, () -> Vision.load(folder)).getMessage();
            assertTrue(message.contains(expected), message);
        }
    }

    private void write(Map<String, Object> config, Map<String, Tensor> tensors) {
        ModelFolder.writeConfig(config, folder.resolve("config.json"));
        Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
        new ImageProcessor(32, Normalize.IMAGENET, List.of()).save(folder);
    }

    private void assertLogits(String name, Map<String, Object> config, Map<String, Tensor> tensors) throws IOException {
        try (var _ = Scope.open(); var _ = Torch.on(Device.CPU, DType.FLOAT64)) {
            write(config, tensors);
            var expected = expected(name);
            long side = expected.get("side").asLong();
            try (var loaded = Vision.load(folder)) {
                assertEquals(List.of("class 0", "class 1", "class 2", "class 3", "class 4"),
                        loaded.processor().labels());
                double[] logits;
                try (var _ = Torch.noGrad()) {
                    logits = loaded.model().forward(Noise.of("input", 1, 3, side, side)).toDoubles();
                }
                double largest = 0;
                for (int i = 0; i < logits.length; i++) {
                    largest = Math.max(largest, Math.abs(expected.get("logits").get(i).asDouble()));
                }
                for (int i = 0; i < logits.length; i++) {
                    assertEquals(expected.get("logits").get(i).asDouble(), logits[i], TOLERANCE * largest, name);
                }
                Path saved = folder.resolve("saved");
                loaded.save(saved);
                try (var again = Vision.load(saved); var _ = Torch.noGrad()) {
                    assertEquals(loaded.processor(), again.processor());
                    assertEquals(logits[0], again.model().forward(Noise.of("input", 1, 3, side, side)).toDoubles()[0],
                            1e-9);
                }
            }
        }
    }

    private static Map<String, Tensor> tensors(String name) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        expected(name).get("shapes").properties().forEach(entry -> tensors.put(entry.getKey(), Noise.filled(
                entry.getKey(), StreamSupport.stream(entry.getValue().spliterator(), false)
                        .mapToLong(JsonNode::asLong).toArray())));
        return tensors;
    }

    private static JsonNode expected(String name) throws IOException {
        try (var in = ForeignNamesTest.class.getResourceAsStream("/hugging_face.json")) {
            return new ObjectMapper().readTree(in).get(name);
        }
    }
}

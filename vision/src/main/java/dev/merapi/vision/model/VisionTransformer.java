package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Name;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Transformer over squares of an image, with torchvision's parameter names (Dosovitskiy et al. 2020, "An Image is
 * Worth 16x16 Words", arXiv:2010.11929). RGB (N, 3, H, W) to logits (N, classes); for other sizes than the one it was
 * made for, positions are interpolated.
 *
 * <p>N images, T squares and a token for the class, E dim.
 */
public final class VisionTransformer extends Backbone {
    /**
     * @param imageSize side of the images it is made for
     * @param patch side of a square
     * @param hidden units between the two maps of a block
     * @param dropout of the squares, and at the end of each half of a block
     */
    public record Config(int imageSize, int patch, int dim, int layers, int heads, int hidden, double dropout) {
        public static final Config SMALL16 = new Config(224, 16, 384, 12, 6, 1536, 0);
        public static final Config BASE16 = new Config(224, 16, 768, 12, 12, 3072, 0);
        public static final Config BASE32 = new Config(224, 32, 768, 12, 12, 3072, 0);
        /** DeiT, the same network with other training (Touvron et al. 2020, arXiv:2012.12877), without distillation. */
        public static final Config DEIT_TINY = new Config(224, 16, 192, 12, 3, 768, 0);
        public static final Config DEIT_SMALL = SMALL16;
        public static final Config DEIT_BASE = BASE16;

        public Config {
            Expect.atLeast("VisionTransformer.Config.patch", 1, patch);
            Expect.that(imageSize >= patch && imageSize % patch == 0, "VisionTransformer.Config.imageSize",
                    "a multiple of the patch, " + patch, imageSize);
            Expect.atLeast("VisionTransformer.Config.layers", 1, layers);
        }

        /** The same for images of another size. */
        public Config imageSize(int side) { return new Config(side, patch, dim, layers, heads, hidden, dropout); }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(imageSize, patch, dim, layers, heads, hidden, p); }

        private int side() { return imageSize / patch; }
    }

    private static final double EPS = 1e-6;

    final Param classToken; // (1, 1, E)
    Unary convProj;
    final Encoder encoder;
    final Map<String, Unary> heads = new LinkedHashMap<>();
    private final Config config;

    /** For images of 3 channels; weights are random. */
    public VisionTransformer(Config config, int classes) {
        this.config = config;
        int dim = config.dim;
        classToken = param(Init.zeros(), 1, 1, dim);
        convProj = new Conv2d(3, dim, config.patch, config.patch, 0);
        encoder = new Encoder(config);
        heads.put("head", new Linear(dim, classes));
        initialize(Init.truncatedNormal(Math.sqrt(1.0 / (3 * config.patch * config.patch))), Init.xavierUniform());
        Init.truncatedNormal(0.02).apply(params().get("heads.head.weight"));
    }

    /** One, of all squares. */
    @Override public List<Level> levels() { return List.of(new Level(config.dim, config.patch)); }

    @Override public int width() { return config.dim; }

    @Override public List<String> heads() { return List.of("heads.head"); }

    @Override public List<Tensor> features(Tensor x) {
        Tensor squares = encode(x).slice(1, 1, Long.MAX_VALUE, 1); // (N, T, E)
        return List.of(squares.transpose(1, 2).unflatten(2, x.size(2) / config.patch, x.size(3) / config.patch));
    }

    @Override public Tensor embed(Tensor x) { return encode(x).select(1, 0); }

    @Override public Tensor forward(Tensor x) { return hooked(heads.get("head").forward(embed(x)), x); }

    /** (N, 1 + T, E). */
    private Tensor encode(Tensor x) {
        if (x.rank() != 4 || x.size(2) % config.patch != 0 || x.size(3) % config.patch != 0) {
            throw Expect.error("VisionTransformer", "images (N, 3, H, W) whose sides are multiples of " + config.patch,
                    x.describe(), "resize or crop them");
        }
        Tensor map = convProj.forward(x); // (N, E, H', W')
        Tensor squares = map.flatten(2, 3).transpose(1, 2);
        Tensor tokens = Tensor.cat(List.of(classToken.expand(x.size(0), 1, config.dim), squares), 1);
        return encoder.forward(tokens.add(encoder.positions(map.size(2), map.size(3), config.side())));
    }

    static final class Encoder extends Layer implements Unary {
        final Param posEmbedding; // (1, 1 + T, E)
        final Map<String, Block> layers = new LinkedHashMap<>();
        Unary ln;
        private final Unary dropout;

        Encoder(Config config) {
            posEmbedding = param(Init.normal(0, 0.02), 1, 1 + (long) config.side() * config.side(), config.dim);
            for (int i = 0; i < config.layers; i++) layers.put("encoder_layer_" + i, new Block(config));
            ln = new LayerNorm(config.dim, EPS);
            dropout = new Dropout(config.dropout);
        }

        /** For maps of another size than {@code side}, squares' positions by bicubic interpolation, as timm's. */
        Tensor positions(long height, long width, long side) {
            if (height == side && width == side) return posEmbedding;
            Tensor squares = posEmbedding.slice(1, 1, Long.MAX_VALUE, 1).transpose(1, 2).unflatten(2, side, side);
            Tensor resized = Tensor.call("upsample_bicubic2d", "", squares, new long[] {height, width}, false, null,
                    null);
            return Tensor.cat(List.of(posEmbedding.narrow(1, 0, 1), resized.flatten(2, 3).transpose(1, 2)), 1);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = dropout.forward(x);
            for (Block layer : layers.values()) h = layer.forward(h);
            return hooked(ln.forward(h), x);
        }
    }

    static final class Block extends Layer implements Unary {
        @Name("ln_1") Unary ln1;
        Unary selfAttention;
        @Name("ln_2") Unary ln2;
        Unary mlp;
        private final Unary dropout;

        Block(Config config) {
            int dim = config.dim;
            ln1 = new LayerNorm(dim, EPS);
            selfAttention = new MultiHeadAttention(dim, config.heads);
            ln2 = new LayerNorm(dim, EPS);
            mlp = new Sequential(new Linear(dim, config.hidden), Activation.GELU, new Dropout(config.dropout),
                    new Linear(config.hidden, dim), new Dropout(config.dropout));
            dropout = new Dropout(config.dropout);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = x.add(dropout.forward(selfAttention.forward(ln1.forward(x))));
            return hooked(h.add(mlp.forward(ln2.forward(h))), x);
        }
    }
}

package dev.merapi.vision.pretrained;

import dev.merapi.vision.Normalize;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ConvNeXt;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.DlibResNet;
import dev.merapi.vision.model.EfficientNet;
import dev.merapi.vision.model.GoogLeNet;
import dev.merapi.vision.model.InceptionV3;
import dev.merapi.vision.model.MobileNetV2;
import dev.merapi.vision.model.MobileNetV3;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.Vgg;
import dev.merapi.vision.model.VisionTransformer;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.Resize;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Networks by the names that torchvision has for them, and timm where it has others for the same network. */
final class Networks {
    private static final Map<String, IntFunction<Backbone>> ALL = new TreeMap<>(Map.ofEntries(
            resnet("resnet18", ResNet.Config.RESNET18), resnet("resnet34", ResNet.Config.RESNET34),
            resnet("resnet50", ResNet.Config.RESNET50), resnet("resnet101", ResNet.Config.RESNET101),
            resnet("resnet20", ResNet.Config.RESNET20), resnet("resnet32", ResNet.Config.RESNET32),
            resnet("resnet56", ResNet.Config.RESNET56), resnet("resnet110", ResNet.Config.RESNET110),
            resnet("cifar_resnet18", ResNet.Config.CIFAR_RESNET18),
            Map.entry("dlib_resnet34", DlibResNet::new),
            vgg("vgg11", Vgg.Config.VGG11), vgg("vgg13", Vgg.Config.VGG13), vgg("vgg16", Vgg.Config.VGG16),
            vgg("vgg19", Vgg.Config.VGG19), vgg("vgg11_bn", Vgg.Config.VGG11.batchNorm(true)),
            vgg("vgg13_bn", Vgg.Config.VGG13.batchNorm(true)), vgg("vgg16_bn", Vgg.Config.VGG16.batchNorm(true)),
            vgg("vgg19_bn", Vgg.Config.VGG19.batchNorm(true)),
            Map.entry("googlenet", classes -> new GoogLeNet(GoogLeNet.Config.DEFAULT, classes)),
            Map.entry("inception_v3", classes -> new InceptionV3(InceptionV3.Config.DEFAULT, classes)),
            Map.entry("mobilenet_v2", classes -> new MobileNetV2(MobileNetV2.Config.DEFAULT, classes)),
            Map.entry("mobilenet_v3_large", classes -> new MobileNetV3(MobileNetV3.Config.LARGE, classes)),
            Map.entry("mobilenet_v3_small", classes -> new MobileNetV3(MobileNetV3.Config.SMALL, classes)),
            Map.entry("efficientnet_b0", classes -> new EfficientNet(EfficientNet.Config.B0, classes)),
            Map.entry("densenet121", classes -> new DenseNet(DenseNet.Config.DENSENET121, classes)),
            Map.entry("convnext_tiny", classes -> new ConvNeXt(ConvNeXt.Config.TINY, classes)),
            vit("vit_b_16", VisionTransformer.Config.BASE16), vit("vit_b_32", VisionTransformer.Config.BASE32),
            vit("vit_s_16", VisionTransformer.Config.SMALL16),
            vit("vit_small_patch16_224", VisionTransformer.Config.SMALL16), // timm's
            vit("vit_base_patch16_224", VisionTransformer.Config.BASE16),
            vit("vit_base_patch32_224", VisionTransformer.Config.BASE32),
            vit("deit_tiny_patch16_224", VisionTransformer.Config.DEIT_TINY),
            vit("deit_small_patch16_224", VisionTransformer.Config.DEIT_SMALL),
            vit("deit_base_patch16_224", VisionTransformer.Config.DEIT_BASE)));

    static final List<String> NAMES = List.copyOf(new TreeSet<>(ALL.keySet()));

    private static final Normalize HALVES = new Normalize(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

    private Networks() {}

    private static Map.Entry<String, IntFunction<Backbone>> resnet(String name, ResNet.Config config) {
        return Map.entry(name, classes -> new ResNet(config, classes));
    }

    private static Map.Entry<String, IntFunction<Backbone>> vgg(String name, Vgg.Config config) {
        return Map.entry(name, classes -> new Vgg(config, classes));
    }

    private static Map.Entry<String, IntFunction<Backbone>> vit(String name, VisionTransformer.Config config) {
        return Map.entry(name, classes -> new VisionTransformer(config, classes));
    }

    static boolean isKnown(String name) { return ALL.containsKey(name); }

    static IntFunction<Backbone> named(String name) { return ALL.get(name); }

    /** As torchvision has it for its ImageNet weights; what its GoogLeNet and Inception do inside is done here. */
    static ImageProcessor usual(String name) {
        return switch (name) {
            case "resnet20", "resnet32", "resnet56", "resnet110", "cifar_resnet18" ->
                    new ImageProcessor(32, Normalize.CIFAR10, List.of());
            case "inception_v3" -> of(299, 342, Resize.Filter.BILINEAR, HALVES);
            case "googlenet" -> of(224, 256, Resize.Filter.BILINEAR, HALVES);
            case "convnext_tiny" -> of(224, 236, Resize.Filter.BILINEAR, Normalize.IMAGENET);
            case "efficientnet_b0" -> of(224, 256, Resize.Filter.BICUBIC, Normalize.IMAGENET);
            case "dlib_resnet34" -> null; // its file has the colours
            default -> of(224, 256, Resize.Filter.BILINEAR, Normalize.IMAGENET);
        };
    }

    private static ImageProcessor of(int size, int shorterSide, Resize.Filter filter, Normalize normalize) {
        return new ImageProcessor(size, shorterSide, filter, normalize, List.of());
    }
}

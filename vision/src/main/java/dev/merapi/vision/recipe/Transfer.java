package dev.merapi.vision.recipe;

import dev.merapi.nn.NamePattern;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.pretrained.Architecture;
import dev.merapi.vision.pretrained.Vision;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * A network that others have trained, with a new head, and what of it learns how fast.
 *
 * @param groups for the optimizer
 */
record Transfer(Backbone model, ImageProcessor processor, Architecture architecture, List<ParamGroup> groups) {
    /** A new one; with a fresh network of the same kind where the settings leave the weights out. */
    static Transfer of(ImageFolderRecipe.Config config, Path pretrained, List<String> classes) {
        var loaded = Vision.load(pretrained);
        try {
            var processor = loaded.processor().labels(classes);
            if (config.imageSize() > 0) processor = processor.size(config.imageSize());
            Backbone model = loaded.model();
            if (config.fromScratch()) model = loaded.architecture().build(classes.size());
            else model.newHead(classes.size());
            var transfer = of(config, model, processor, loaded.architecture());
            if (config.fromScratch()) loaded.close();
            return transfer;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /** One that was begun: all is in its folder; its weights are loaded by others. */
    static Transfer ofRun(ImageFolderRecipe.Config config, Path run) {
        var architecture = Architecture.ofRun(run);
        var processor = ImageProcessor.open(run);
        return of(config, architecture.build(processor.labels().size()), processor, architecture);
    }

    private static Transfer of(ImageFolderRecipe.Config config, Backbone model, ImageProcessor processor,
            Architecture architecture) {
        model.train();
        Predicate<String> head = name -> model.heads().stream().anyMatch(h -> name.startsWith(h + "."));
        model.freeze(NamePattern.of("freeze", config.freeze(), model).and(head.negate()));
        return new Transfer(model, processor, architecture, groups(model, config.rates(), head));
    }

    /** Each parameter that learns, in the group of the first name that fits it. */
    private static List<ParamGroup> groups(Backbone model, List<String> rates, Predicate<String> head) {
        var groups = new ArrayList<ParamGroup>();
        var taken = new HashSet<String>();
        model.params().forEach((name, param) -> {
            if (!param.isTrainable()) taken.add(name);
        });
        for (String rate : rates) {
            int equals = rate.lastIndexOf('=');
            Expect.that(equals > 0 && rate.substring(equals + 1).matches("\\d+(\\.\\d+)?([eE]-?\\d+)?"), "rates",
                    "names and a factor, such as layer1.*=0.1", rate);
            var names = NamePattern.of("rates", List.of(rate.substring(0, equals)), model);
            var group = ParamGroup.of(model, name -> names.test(name) && !head.test(name) && !taken.contains(name));
            taken.addAll(group.params().keySet());
            if (!group.params().isEmpty()) groups.add(group.rate(Double.parseDouble(rate.substring(equals + 1))));
        }
        groups.add(ParamGroup.of(model, name -> !taken.contains(name)));
        return groups;
    }
}

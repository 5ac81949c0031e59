package dev.merapi.protect.masking;

import dev.merapi.recipe.Predictor;
import dev.merapi.text.pipeline.Entities;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names, and what else a trained model of token classes tells apart, such as one of the recipe {@code
 * token-classification}.
 *
 * <pre>{@code
 * try (var model = Predictor.open(Path.of("runs/names")).as(String.class, Entities.class)) {
 *     var masker = Masker.of(rules, key, new ModelRecogniser(model, ModelRecogniser.PERSONS));
 * }
 * }</pre>
 *
 * @param model stays the caller's to close
 * @param types of what the model's classes are; a class that is not among them is left in the text
 */
public record ModelRecogniser(Predictor<String, Entities> model, Map<String, String> types) implements Recogniser {
    /** Persons, as most data sets name them. */
    public static final Map<String, String> PERSONS = Map.of("PER", "name", "PERSON", "name");

    public ModelRecogniser {
        types = Map.copyOf(types);
    }

    @Override public List<Finding> find(String text, String context) {
        if (text.isBlank()) return List.of();
        return model.predict(text).all().stream()
                .flatMap(entity -> Optional.ofNullable(types.get(entity.label())).stream()
                        .map(type -> new Finding(type, entity.start(), entity.end())))
                .toList();
    }
}

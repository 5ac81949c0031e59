package dev.merapi.vision.detect;

import dev.merapi.tensor.Tensor;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.Scene;
import java.util.List;

/**
 * Pictures and what is to be found in them.
 *
 * @param x float32 (N, C, H, W)
 * @param boxes the things of each picture, in pixels of x
 */
public record SceneBatch(Tensor x, List<List<LabeledBox>> boxes) {
    /** Scenes of one size. */
    public static SceneBatch of(List<Scene> scenes, Normalize normalize) {
        return new SceneBatch(normalize.batch(scenes.stream().map(Scene::image).toList()),
                scenes.stream().map(Scene::boxes).toList());
    }
}

package dev.merapi.examples;

import dev.merapi.io.Safetensors;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;

/** Writes a trained model to a file that PyTorch and Hugging Face read too, and loads it into a new one. */
final class SaveAndLoad {
    static Sequential newModel() {
        return new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, 10));
    }

    static void main(String... args) {
        var file = Path.of(args.length == 0 ? "fashion.safetensors" : args[0]);
        var data = FashionMnist.subset();
        var test = data.test(256);

        var model = newModel();
        var trainer = Trainer.of(Classification.of(model, 10)).optimizer(m -> new Adam(m, 1e-3));
        trainer.fit(data.train(64));
        Safetensors.save(model, file);
        IO.println("saved  " + trainer.evaluate(test));

        var loaded = newModel();
        Safetensors.load(loaded, file);
        IO.println("loaded " + Trainer.of(Classification.of(loaded, 10)).evaluate(test));
    }
}

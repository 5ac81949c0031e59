package dev.merapi.plot;

import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Draws training curves anew after each epoch: {@code loss.png} with both losses, and a picture for each metric. */
public final class Curves implements Listener {
    private final Path folder;
    private final List<Epoch> history = new ArrayList<>();

    /** Pictures go into this folder. */
    public Curves(Path folder) {
        this.folder = folder;
    }

    @Override public void start(Start start) {
        history.clear();
        history.addAll(start.history());
    }

    @Override public void epoch(Epoch epoch) {
        history.add(epoch);
        var metrics = new TreeSet<>(epoch.values().keySet());
        metrics.removeAll(List.of("train_loss", "loss"));
        draw("loss", "train_loss", "loss");
        metrics.forEach(metric -> draw(metric, metric));
    }

    private void draw(String picture, String... names) {
        var plot = new LinePlot(picture.replace('_', ' '), "epoch");
        double[] epochs = history.stream().mapToDouble(Epoch::epoch).toArray();
        for (String name : names) {
            plot.line(name.equals("loss") ? "test loss" : name.replace('_', ' '), epochs,
                    history.stream().mapToDouble(e -> e.values().getOrDefault(name, Double.NaN)).toArray());
        }
        plot.write(folder.resolve(picture + ".png"));
    }
}

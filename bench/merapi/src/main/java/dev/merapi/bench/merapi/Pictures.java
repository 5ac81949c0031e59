package dev.merapi.bench.merapi;

import com.sun.management.OperatingSystemMXBean;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ImageFolder;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.RandomResizedCrop;
import dev.merapi.vision.transform.Resize;
import dev.merapi.vision.transform.Transform;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * From JPEG files to batches of 32 for ImageNet: for each word on the standard input, {@code train} or {@code test}, a
 * pass over a folder, and the milliseconds for each picture, by the clock and of the processors. It is
 * {@code bench/images.py} that asks.
 */
final class Pictures {
    private static final int BATCH = 32;
    private static final int SIDE = 224;
    private static final int RESIZED = 256; // the shorter side, to test with

    private Pictures() {}

    static void main(String[] args) {
        var folder = Path.of(args[0]);
        int workers = Integer.parseInt(args[1]);
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (String word = IO.readln(); word != null; word = IO.readln()) {
            long begun = System.nanoTime(), spent = machine.getProcessCpuTime();
            int count = pass(folder, word.equals("train"), workers);
            IO.println((System.nanoTime() - begun) / 1e6 / count + " "
                    + (machine.getProcessCpuTime() - spent) / 1e6 / count);
        }
    }

    private static int pass(Path folder, boolean trains, int workers) {
        var images = ImageFolder.split(folder, Normalize.IMAGENET);
        var middle = new ImageProcessor(SIDE, RESIZED, Resize.Filter.BILINEAR, Normalize.IMAGENET, images.classes());
        var prepared = trains ? images.augment(Transform.of(new RandomResizedCrop(SIDE), new RandomFlip()))
                : images.prepare(middle);
        int count = 0;
        try (var batches = trains ? prepared.train(BATCH, 1) : prepared.test(BATCH)) {
            for (var batch : batches.workers(workers)) count += Math.toIntExact(batch.x().size(0));
        }
        return count;
    }
}

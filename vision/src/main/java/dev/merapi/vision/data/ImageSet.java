package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import java.util.List;

/** Images in memory with their classes. */
record ImageSet(List<Image> images, byte[] labels) implements Dataset<LabeledImage> {
    /**
     * @param what stands for the images in messages
     * @throws IllegalArgumentException if there are not as many labels, or one is not below {@code classes}
     */
    static ImageSet of(String what, List<Image> images, byte[] labels, int classes) {
        if (images.size() != labels.length) {
            throw new IllegalArgumentException(what + ": expected a label for each of the " + images.size()
                    + " images. Received " + labels.length + " labels; do the two files belong together?");
        }
        for (int i = 0; i < labels.length; i++) {
            if ((labels[i] & 0xFF) >= classes) {
                throw new IllegalArgumentException(what + ": expected labels below " + classes + ". Received "
                        + (labels[i] & 0xFF) + " for image " + i);
            }
        }
        return new ImageSet(images, labels);
    }

    @Override public int size() { return labels.length; }

    @Override public LabeledImage get(int index) { return new LabeledImage(images.get(index), labels[index]); }
}

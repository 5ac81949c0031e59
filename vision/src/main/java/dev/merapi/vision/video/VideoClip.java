package dev.merapi.vision.video;

import dev.merapi.vision.Image;
import java.util.List;

/**
 * A few pictures of a video, in order.
 *
 * @param images of one size
 */
public record VideoClip(List<Image> images) {
    /** @throws IllegalArgumentException if there is none, or they have different sizes */
    public VideoClip {
        images = List.copyOf(images);
        if (images.isEmpty()) throw new IllegalArgumentException("VideoClip: expected a picture. Received none");
        Image first = images.getFirst();
        for (Image image : images) {
            if (image.height() != first.height() || image.width() != first.width()
                    || image.channels() != first.channels()) {
                throw new IllegalArgumentException("VideoClip: expected pictures of one size. Received " + first
                        + " and " + image);
            }
        }
    }
}

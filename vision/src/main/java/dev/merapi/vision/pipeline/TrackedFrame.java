package dev.merapi.vision.pipeline;

import dev.merapi.vision.video.VideoFrame;
import java.util.List;

/**
 * A picture of a video, and what is followed in it.
 *
 * @param things by their numbers
 */
public record TrackedFrame(VideoFrame frame, List<Thing> things) {
    /**
     * A thing in a picture.
     *
     * @param id its number, the same in all pictures, from 1
     */
    public record Thing(int id, Detection detection) {}
}

package dev.merapi.vision.transform;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.Scene;

/** Where the pixels of pictures of one size go, without chance. */
public interface Move {
    /** Nothing moves. */
    Move NONE = new Move() {
        @Override public Image of(Image image) { return image; }

        @Override public Box of(Box box) { return box; }

        @Override public LabelMask of(LabelMask mask) { return mask; }
    };

    /** The moved picture. */
    Image of(Image image);

    /** The smallest box around what comes of a box; it may reach over the new picture's edges. */
    Box of(Box box);

    /** Each pixel has the class of the nearest one; what comes from outside is {@link LabelMask#IGNORED}. */
    LabelMask of(LabelMask mask);

    /** A picture with its mask, and with the boxes of which {@linkplain Scene#visible enough} is left. */
    default Scene of(Scene scene) {
        Image image = of(scene.image());
        var boxes = scene.boxes().stream().map(box -> box.at(of(box.box()))).toList();
        return new Scene(image, Scene.visible(boxes, image.height(), image.width()),
                scene.mask() == null ? null : of(scene.mask()));
    }

    /** This move, then another. */
    default Move then(Move next) {
        Move first = this;
        return new Move() {
            @Override public Image of(Image image) { return next.of(first.of(image)); }

            @Override public Box of(Box box) { return next.of(first.of(box)); }

            @Override public LabelMask of(LabelMask mask) { return next.of(first.of(mask)); }
        };
    }
}

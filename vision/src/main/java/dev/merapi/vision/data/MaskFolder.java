package dev.merapi.vision.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures with the class of each pixel: {@code images/…/a.jpg} with {@code masks/…/a.png}, whose pixels are classes
 * from 0, or 255 where nothing is known; and {@code classes.txt}, a name for each class in a line. Pascal VOC's folder,
 * with {@code JPEGImages}, {@code SegmentationClass} and {@code ImageSets/Segmentation}, has no such list:
 * {@code classes.txt} is to be put beside them.
 */
public final class MaskFolder {
    private MaskFolder() {}

    /**
     * Reads {@code root/images/<part>} and {@code root/masks/<part>}, or the list {@code <part>.txt} of Pascal VOC.
     *
     * @param part empty for all pictures
     * @throws IllegalArgumentException naming the file, for pictures without a mask, unless they are to be skipped; or
     *     if there is no picture, or no names
     */
    public static SceneSet read(Path root, String part, OnError onError) {
        var problems = new Problems(onError);
        var classes = Yolo.classes(root);
        boolean voc = isVoc(root);
        Path images = voc ? root.resolve("JPEGImages") : root.resolve("images").resolve(part);
        Path masks = voc ? root.resolve("SegmentationClass") : root.resolve("masks").resolve(part);
        var pictures = new ArrayList<Annotated>();
        for (Path picture : voc && !part.isEmpty() ? listed(root, images, part) : PictureFiles.below(images)) {
            Path beside = masks.resolve(images.relativize(picture).toString());
            Path mask = beside.resolveSibling(PictureFiles.stem(picture) + ".png");
            if (Files.isRegularFile(mask)) pictures.add(new Annotated(picture, 0, 0, List.of(), mask));
            else problems.found(picture, "expected its mask " + mask + ". Received none.");
        }
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException(images + ": expected pictures with masks. Received none.");
        }
        return SceneSet.of(classes, pictures, problems);
    }

    static boolean isVoc(Path root) { return Files.isDirectory(root.resolve("SegmentationClass")); }

    private static List<Path> listed(Path root, Path images, String part) {
        Path list = root.resolve("ImageSets/Segmentation").resolve(part + ".txt");
        return PictureFiles.names(list).stream().map(name -> images.resolve(name + ".jpg")).toList();
    }
}

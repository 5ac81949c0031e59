package dev.merapi.vision.data;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledBox;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Boxes as Pascal VOC has them (Everingham et al. 2010): an XML file for each picture, in which pixels are counted from
 * 1, and {@code xmax} and {@code ymax} are the last that belong to the thing.
 *
 * <pre>{@code
 * var set = Voc.read(Path.of("VOC2007/Annotations"), OnError.FAIL);
 * Scene scene = set.get(0);
 * }</pre>
 */
public final class Voc {
    /** A thing as it is written, before classes have numbers. */
    private record Named(String name, Box box, boolean difficult) {}

    private record File(Path picture, int height, int width, List<Named> things) {}

    private Voc() {}

    /** As {@link #read(Path, List, List, OnError)}: all files below the folder, with the classes that occur. */
    public static SceneSet read(Path folder, OnError onError) { return read(folder, null, null, onError); }

    /**
     * Reads the XML files of a folder. A file's picture is the one that it names, or one of its own name, in the same
     * folder or in {@code JPEGImages} beside it.
     *
     * @param names files without extension, as lists of {@code ImageSets} have them; null for all
     * @param classes names, in the order of the labels; null for those that occur, in the order of their names
     * @throws IllegalArgumentException naming the file, for damaged ones, pictures that are missing, boxes without area
     *     or outside the picture, and classes that are not known, unless they are to be skipped; or if there is no file
     */
    public static SceneSet read(Path folder, List<String> names, List<String> classes, OnError onError) {
        var problems = new Problems(onError);
        var xml = names == null ? PictureFiles.files(folder, Set.of("xml"))
                : names.stream().map(name -> folder.resolve(name + ".xml")).toList();
        if (xml.isEmpty()) throw new IllegalArgumentException(folder + ": expected XML files of Pascal VOC."
                + " Received none.");
        var files = new ArrayList<File>();
        for (Path file : xml) {
            try {
                files.add(parse(file, problems));
            } catch (Broken e) {
                problems.found(file, e.getMessage());
            }
        }
        var known = classes != null ? classes : occurring(files);
        var pictures = new ArrayList<Annotated>();
        for (int i = 0; i < files.size(); i++) pictures.add(labeled(files.get(i), known, problems));
        return SceneSet.of(known, pictures, problems);
    }

    private static List<String> occurring(List<File> files) {
        var names = new TreeSet<String>();
        for (var file : files) file.things.forEach(thing -> names.add(thing.name));
        return List.copyOf(names);
    }

    private static Annotated labeled(File file, List<String> classes, Problems problems) {
        var boxes = new ArrayList<LabeledBox>();
        for (var thing : file.things) {
            int label = classes.indexOf(thing.name);
            if (label < 0) {
                problems.found(file.picture, "expected one of the classes " + classes + ". Received " + thing.name
                        + ".");
                continue;
            }
            boxes.add(new LabeledBox(thing.box, label, thing.box.area(), false, thing.difficult));
        }
        return new Annotated(file.picture, file.height, file.width, boxes, null);
    }

    /** What is wrong with a whole file. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String message) { super(message, null, false, false); }
    }

    private static File parse(Path file, Problems problems) throws Broken {
        Element root = document(file).getDocumentElement();
        if (!root.getTagName().equals("annotation")) {
            throw new Broken("expected <annotation>, as Pascal VOC has it. Received <" + root.getTagName() + ">.");
        }
        Path picture = picture(file, text(root, "filename"));
        Element size = child(root, "size");
        if (size == null) throw new Broken("expected the picture's <size>. Received none.");
        int width = (int) number(size, "width");
        int height = (int) number(size, "height");
        if (width < 1 || height < 1) {
            throw new Broken("expected a positive <size>. Received " + width + " x " + height + ".");
        }
        var things = new ArrayList<Named>();
        int count = 0;
        for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (!(node instanceof Element object) || !object.getTagName().equals("object")) continue;
            count++;
            String name = text(object, "name");
            Element sides = child(object, "bndbox");
            if (name == null || sides == null) {
                throw new Broken("object " + count + ": expected <name> and <bndbox>. Received one of them, or none.");
            }
            Box box = problems.checked(file, "object " + count + " (" + name + ")", number(sides, "xmin") - 1,
                    number(sides, "ymin") - 1, number(sides, "xmax"), number(sides, "ymax"), height, width);
            if (box != null) things.add(new Named(name, box, "1".equals(text(object, "difficult"))));
        }
        return new File(picture, height, width, things);
    }

    private static Path picture(Path file, String named) throws Broken {
        for (Path folder : List.of(file.resolveSibling(""), file.resolveSibling("../JPEGImages"))) {
            Path byName = named == null ? null : folder.resolve(Path.of(named).getFileName().toString());
            if (byName != null && Files.isRegularFile(byName)) return byName.normalize();
            Path alike = PictureFiles.named(folder, PictureFiles.stem(file));
            if (alike != null) return alike.normalize();
        }
        throw new Broken("expected its picture" + (named == null ? "" : " " + named) + " beside it, or in"
                + " ../JPEGImages. Received none.");
    }

    private static Document document(Path file) throws Broken {
        try (var in = Files.newInputStream(file)) {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); // no files of others
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // it would print
            return builder.parse(in);
        } catch (SAXParseException e) {
            throw new Broken("line " + e.getLineNumber() + ": not XML. " + e.getMessage());
        } catch (SAXException e) {
            throw new Broken("not XML. " + e.getMessage());
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e); // the JDK's parser has these features
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static Element child(Element parent, String tag) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) return element;
        }
        return null;
    }

    private static String text(Element parent, String tag) {
        Element child = child(parent, tag);
        return child == null ? null : child.getTextContent().strip();
    }

    private static double number(Element parent, String tag) throws Broken {
        String text = text(parent, tag);
        try {
            if (text != null) return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Broken("expected a number as <" + tag + "> of <" + parent.getTagName() + ">. Received "
                + (text == null ? "none" : "\"" + text + "\"") + ".");
    }

    /**
     * Writes the boxes of a picture as an XML file. Crowds are left out: Pascal VOC has none.
     *
     * @param picture its file, whose name is written
     * @throws IllegalArgumentException for a label without a name
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public static void write(Path file, Path picture, Image image, List<LabeledBox> boxes, List<String> classes) {
        try {
            var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
            Element root = document.createElement("annotation");
            document.appendChild(root);
            add(root, "filename", picture.getFileName());
            Element size = add(root, "size", null);
            add(size, "width", image.width());
            add(size, "height", image.height());
            add(size, "depth", image.channels());
            for (var thing : boxes) {
                if (thing.crowd()) continue;
                Element object = add(root, "object", null);
                add(object, "name", Yolo.name(thing.label(), classes));
                add(object, "difficult", thing.difficult() ? 1 : 0);
                Element sides = add(object, "bndbox", null);
                add(sides, "xmin", plain(thing.box().left() + 1));
                add(sides, "ymin", plain(thing.box().top() + 1));
                add(sides, "xmax", plain(thing.box().right()));
                add(sides, "ymax", plain(thing.box().bottom()));
            }
            var text = new StringWriter();
            var transformer = TransformerFactory.newInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.INDENT, "yes");
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            transformer.transform(new DOMSource(document), new StreamResult(text));
            AtomicFiles.write(file, text.toString());
        } catch (ParserConfigurationException | TransformerException e) {
            throw new IllegalStateException(e); // the JDK's own writer, into memory
        }
    }

    private static Element add(Element parent, String tag, Object text) {
        Element child = parent.getOwnerDocument().createElement(tag);
        if (text != null) child.setTextContent(text.toString());
        parent.appendChild(child);
        return child;
    }

    /** Whole numbers without a point. */
    private static String plain(double side) { return side == Math.rint(side) ? "" + (long) side : "" + side; }
}

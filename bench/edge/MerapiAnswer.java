import dev.merapi.recipe.Predictor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Asks a Fashion run once. */
class MerapiAnswer {
    public static void main(String[] arguments) throws Exception {
        var file = Path.of(arguments[0]).resolve("blank.png").toFile();
        ImageIO.write(new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY), "png", file);
        try (var model = Predictor.open(Path.of(arguments[0]))) {
            System.out.println(model.ask(file.toString(), 1));
        }
    }
}

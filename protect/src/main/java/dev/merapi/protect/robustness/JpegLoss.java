package dev.merapi.protect.robustness;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;

/** What a JPEG file of low quality leaves of pictures (B, C, H, W). */
final class JpegLoss {
    private JpegLoss() {}

    static Tensor apply(Tensor pixels, int quality) {
        int channels = Math.toIntExact(pixels.size(1));
        int height = Math.toIntExact(pixels.size(2)), width = Math.toIntExact(pixels.size(3));
        float[] values = pixels.contiguous().toFloats();
        int size = channels * height * width;
        for (int from = 0; from < values.length; from += size) {
            var image = new BufferedImage(width, height,
                    channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
            var raster = image.getRaster();
            for (int i = 0; i < size; i++) {
                int place = i % (height * width);
                raster.setSample(place % width, place / width, i / (height * width),
                        Math.round(values[from + i] * 255));
            }
            var read = compressed(image, quality).getRaster();
            for (int i = 0; i < size; i++) {
                int place = i % (height * width);
                values[from + i] = read.getSample(place % width, place / width,
                        i / (height * width)) / 255f;
            }
        }
        return Tensor.of(values, pixels.shape()).to(DType.FLOAT32).to(pixels.device());
    }

    private static BufferedImage compressed(BufferedImage image, int quality) {
        var bytes = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            var options = writer.getDefaultWriteParam();
            options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            options.setCompressionQuality(quality / 100f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), options);
            out.flush();
            return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
        } catch (IOException e) {
            throw new AssertionError("in memory", e);
        } finally {
            writer.dispose();
        }
    }
}

package dev.merapi.protect.federated;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The one method of the service: a stream of messages each way, opened by the client. */
final class Wire {
    static final int VERSION = 1;
    static final int MOST_BYTES = 1 << 30; // in a message

    static final MethodDescriptor<byte[], byte[]> WORK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName("merapi.Federation", "Work"))
            .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();

    private Wire() {}

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override public InputStream stream(byte[] value) { return new ByteArrayInputStream(value); }

        @Override public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

/**
 * Models of LangChain4j that answer in the same process, without a server.
 *
 * <pre>{@code
 * try (var writer = TextGenerator.open(Path.of("models/qwen3")); var chat = new MerapiChatModel(writer)) {
 *     IO.println(chat.chat("What is a volcano?"));
 * }
 * }</pre>
 */
package dev.merapi.langchain4j;

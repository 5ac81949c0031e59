package dev.merapi.text.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.JsonErrors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Questions whose answers stand in a text, in the files of SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016 and 2018,
 * <a href="https://arxiv.org/abs/1606.05250">arXiv:1606.05250</a>,
 * <a href="https://arxiv.org/abs/1806.03822">arXiv:1806.03822</a>).
 */
public final class Squad {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Squad() {}

    /**
     * @param id of the question, in the file
     * @param text where the answer stands
     * @param answers all that are right; none where the text has no answer
     */
    public record Question(String id, String question, String text, List<Answer> answers) {}

    /**
     * A part of the text.
     *
     * @param start where it begins, as {@link String#substring(int)} counts
     */
    public record Answer(String text, int start) {}

    /**
     * The questions of a file, raw or gzipped.
     *
     * @throws IllegalArgumentException if the file is no SQuAD, not UTF-8, has no questions, or an answer does not
     *     stand where it should, with the question's id
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    public static List<Question> read(Path file) {
        var questions = new ArrayList<Question>();
        for (var article : list(root(file), "data", file.toString())) {
            for (var paragraph : list(article, "paragraphs", file.toString())) {
                String text = text(paragraph, "context", file + ", a paragraph");
                for (var question : list(paragraph, "qas", file.toString())) {
                    questions.add(question(question, text, file));
                }
            }
        }
        if (questions.isEmpty()) throw new IllegalArgumentException(file + ": expected questions. Received none.");
        return questions;
    }

    private static JsonNode root(Path file) {
        try {
            return JSON.readTree(Utf8File.read(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": expected JSON as SQuAD has it. Received: "
                    + JsonErrors.reason(e), e);
        }
    }

    private static Question question(JsonNode node, String text, Path file) {
        String id = text(node, "id", file + ", a question");
        String where = file + ", question " + id;
        var answers = new ArrayList<Answer>();
        if (!node.path("is_impossible").asBoolean()) {
            for (var answer : list(node, "answers", where)) answers.add(answer(answer, text, where));
        }
        return new Question(id, text(node, "question", where), text, List.copyOf(answers));
    }

    private static Answer answer(JsonNode node, String text, String where) {
        String answer = text(node, "text", where);
        int points = node.path("answer_start").asInt(-1); // as Python counts
        if (points >= 0 && points <= text.codePointCount(0, text.length())) {
            int start = text.offsetByCodePoints(0, points);
            if (text.startsWith(answer, start)) return new Answer(answer, start);
        }
        throw new IllegalArgumentException("%s: expected \"%s\" at \"answer_start\" of its context. Received %s."
                .formatted(where, answer, node.path("answer_start")));
    }

    private static JsonNode list(JsonNode node, String name, String where) {
        var value = node.path(name);
        if (value.isArray()) return value;
        throw new IllegalArgumentException(where + ": expected a list \"" + name + "\", as SQuAD has it. Received "
                + (value.isMissingNode() ? "none" : value.getNodeType()) + ".");
    }

    private static String text(JsonNode node, String name, String where) {
        var value = node.path(name);
        if (value.isTextual()) return value.asText();
        throw new IllegalArgumentException(where + ": expected a text \"" + name + "\", as SQuAD has it. Received "
                + (value.isMissingNode() ? "none" : value.getNodeType()) + ".");
    }
}

package dev.merapi.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/**
 * Answers the lines of the standard input by a line each: nothing where nothing was asked, or where there is no answer.
 *
 * @param json whether answers are objects: input, and answer or error
 */
record LineAnswers(CommandLine command, boolean json) {
    /** How many inputs are read before they are answered. */
    static final int TOGETHER = 32;

    /** Goes on after a line that is wrong; returns the exit code. */
    int all(Asked<?, ?> asked) throws IOException {
        int code = ExitCode.OK;
        var lines = new TypedLines();
        for (var some = lines.next(TOGETHER); !some.isEmpty(); some = lines.next(TOGETHER)) {
            var answers = asked.all(some);
            for (int i = 0; i < some.size(); i++) {
                var answer = answers.get(i);
                int number = lines.number() - some.size() + 1 + i;
                if (answer.error() != null) code = Main.report("line " + number, answer.error(), command);
                if (json) print(object(some.get(i), answer));
                else print(answer.value() == null ? "" : answer.value().toString().replaceAll("\\R", " "));
            }
        }
        return code;
    }

    /** An input and its answer, as a line of JSON. */
    static String object(String input, Asked.Answer answer) {
        var object = new LinkedHashMap<String, Object>(); // in this order
        object.put("input", input);
        if (answer.error() == null) object.put("answer", answer.value());
        else object.put("error", answer.error().getMessage());
        return Json.line(object);
    }

    private void print(String line) {
        command.getOut().println(line);
        command.getOut().flush();
    }
}

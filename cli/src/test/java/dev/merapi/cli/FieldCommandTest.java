package dev.merapi.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A module's own command, {@link Shout}, is one of merapi's. */
class FieldCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int merapi(String... arguments) {
        return Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test void answersInWords() {
        assertEquals(0, merapi("shout", "hey", "times=2", "./you", "--device", "cpu"), err::toString);
        assertEquals("hey: HEY!HEY!\n./you: ./YOU!./YOU!\n", out.toString().replace("\r", ""));
    }

    @Test void answersForPrograms() {
        assertEquals(0, merapi("shout", "--json", "hey"), err::toString);
        assertEquals("{\"input\":\"hey\",\"answer\":{\"loud\":\"HEY\",\"times\":1}}", out.toString().strip());
    }

    @Test void goesOnAfterAnInputThatIsWrong() {
        assertEquals(2, merapi("shout", "--json", "silence", "hey"));
        assertEquals("merapi shout: silence: expected five letters at most.", err.toString().strip());
        assertEquals(2, out.toString().lines().count());
        assertTrue(out.toString().startsWith("{\"input\":\"silence\",\"error\":\"silence: expected"), out::toString);
    }

    @Test void refusesWhatIsNoSetting() {
        assertEquals(2, merapi("shout", "hey", "time=2"));
        assertEquals("merapi shout: shout: unknown key time. Did you mean times? Known are times.",
                err.toString().strip());
        assertEquals(2, merapi("shout"));
        assertTrue(err.toString().contains("<word>: expected one at least. Received none."), err::toString);
    }

    @Test void isHelpedWith() {
        assertEquals(0, merapi("shout", "--help"));
        String help = out.toString();
        assertTrue(help.contains("merapi shout [--json] [--device=<device>] <word>... [key=value...]"), help);
        assertTrue(help.contains("Say words loudly."), help);
        assertTrue(help.contains("times=1  how often each word is said"), help);
        assertEquals(0, merapi());
        assertTrue(out.toString().matches("(?s).*\n  shout +Say words loudly.*"), out::toString);
    }
}

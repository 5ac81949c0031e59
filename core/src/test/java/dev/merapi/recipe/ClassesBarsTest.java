package dev.merapi.recipe;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ClassesBarsTest {
    @Test void barsAreAsLongAsTheyAreProbable() {
        var answer = new Classes(List.of(new Prediction("tulip", 1), new Prediction("rose", 0.50625),
                new Prediction("oak", 0.0249), new Prediction("elm", 0)));
        assertEquals("""
                  tulip  100.0 %  ████████████████████
                  rose    50.6 %  ██████████▏
                  oak      2.5 %  ▌
                  elm      0.0 %""".indent(2).stripTrailing(), answer.bars());
    }
}

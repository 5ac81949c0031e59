package dev.merapi;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The rules of the house that a compiler does not check. */
class ArchitectureTest {
    /** The two doors between our tensors and libtorch's. */
    private static final Set<String> DOORS = Set.of("Tensor.unwrap", "Tensor.wrap");

    /** Core's tests as other modules see them: a jar in a whole build, a folder in a partial one. */
    private static final Pattern CORE_TESTS = Pattern.compile(".*-tests\\.jar!/.*");

    private static final ArchRule NO_CYCLES = slices().matching("dev.merapi.(**)")
            .should().beFreeOfCycles().allowEmptyShould(true);

    private static final ArchRule ENGINE_HIDDEN = classes()
            .that().resideOutsideOfPackage("dev.merapi.internal..").and().arePublic()
            .should(hideTheEngine()).allowEmptyShould(true);

    @Test void packagesHaveNoCycles() { NO_CYCLES.check(merapi()); }

    @Test void noPublicSignatureNamesTheEngine() { ENGINE_HIDDEN.check(merapi()); }

    /** The rule above is ours, so it is tested too. */
    @Test void theEngineRuleSeesEveryKindOfLeak() {
        var leaks = new ClassFileImporter().importClasses(Leaks.class);
        var error = assertThrows(AssertionError.class, () -> ENGINE_HIDDEN.check(leaks));
        for (var leak : Set.of("extends or implements", "Leaks.field", "Leaks.generic", "Leaks.argument")) {
            assertTrue(error.getMessage().contains(leak), leak + " not in: " + error.getMessage());
        }
        assertEquals(4, error.getMessage().lines().count() - 1, error.getMessage());
    }

    private static JavaClasses merapi() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.matches(CORE_TESTS))
                .importPackages("dev.merapi");
    }

    private static ArchCondition<JavaClass> hideTheEngine() {
        return new ArchCondition<>("not name org.bytedeco in a public or protected signature") {
            @Override public void check(JavaClass type, ConditionEvents events) {
                if (type.getAllRawSuperclasses().stream().anyMatch(ArchitectureTest::isEngine)
                        || type.getAllRawInterfaces().stream().anyMatch(ArchitectureTest::isEngine)) {
                    events.add(SimpleConditionEvent.violated(type,
                            type.getName() + " extends or implements a type of org.bytedeco"));
                }
                for (var member : type.getMembers()) {
                    var name = type.getSimpleName() + "." + member.getName();
                    if (isVisible(member) && !DOORS.contains(name) && namesEngine(member)) {
                        events.add(SimpleConditionEvent.violated(member, name + " names org.bytedeco"));
                    }
                }
            }
        };
    }

    private static boolean namesEngine(JavaMember member) {
        return member.getAllInvolvedRawTypes().stream().anyMatch(ArchitectureTest::isEngine);
    }

    private static boolean isEngine(JavaClass type) { return type.getName().startsWith("org.bytedeco"); }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(PUBLIC) || member.getModifiers().contains(PROTECTED);
    }

    /** Leaks the engine once in each way that the rule must see, and twice in ways it must not mind. */
    public static class Leaks extends Pointer {
        protected Pointer field;
        private Pointer hidden;

        public List<PointerPointer<?>> generic() { return null; }

        public void argument(Pointer p) { hidden = p; }

        Pointer packagePrivate() { return hidden; }
    }
}

package dev.merapi.protect.masking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Several recognisers as one: where findings meet, an earlier recogniser's stands, and of the other what is left. */
final class Recognisers implements Recogniser {
    private final List<Recogniser> all = new ArrayList<>();

    /** @param more come last, such as a model */
    Recognisers(MaskRules rules, List<Recogniser> more) {
        rules.rules().forEach(rule -> all.add(rule.recogniser()));
        for (String type : MaskRules.TYPES) if (rules.types().contains(type)) all.addAll(of(type, rules));
        all.addAll(more);
    }

    private static List<Recogniser> of(String type, MaskRules rules) {
        return switch (type) {
            case "email" -> List.of(Numbers.EMAIL);
            case "iban" -> List.of(Numbers::ibans);
            case "resident_id" -> List.of(Numbers.RESIDENT);
            case "card" -> List.of(Numbers.CARD);
            case "ip" -> List.of(Numbers::ips);
            case "date" -> List.of(WrittenDate::find);
            case "passport" -> List.of(Numbers.PASSPORT);
            case "phone" -> List.of(new PhoneRecogniser(rules.countries()));
            case "address" -> List.of(Addresses::find);
            case "name" -> List.of(new WesternNames(), new ChineseNames());
            default -> throw new AssertionError(type);
        };
    }

    /** In the order of the text, none over another. */
    @Override public List<Finding> find(String text, String context) {
        var taken = new ArrayList<Finding>();
        for (var recogniser : all) {
            for (var finding : recogniser.find(text, context)) addRest(text, finding, taken);
        }
        taken.sort(Comparator.comparingInt(Finding::start));
        return taken;
    }

    /** The parts of a finding that no other has taken; a part without letters and digits is nothing. */
    private static void addRest(String text, Finding finding, List<Finding> taken) {
        int from = finding.start();
        var before = taken.stream().filter(finding::overlaps).sorted(Comparator.comparingInt(Finding::start)).toList();
        for (var other : before) {
            add(text, finding.type(), from, other.start(), taken);
            from = Math.max(from, other.end());
        }
        add(text, finding.type(), from, finding.end(), taken);
    }

    private static void add(String text, String type, int from, int to, List<Finding> taken) {
        while (from < to && !Character.isLetterOrDigit(text.charAt(from)) && text.charAt(from) != '+') from++;
        while (to > from && !Character.isLetterOrDigit(text.charAt(to - 1))) to--;
        if (from < to) taken.add(new Finding(type, from, to));
    }
}

package dev.merapi.protect.masking;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Names of persons in Latin letters, by lists of given names and surnames and by the words beside them: <i>Mr</i>,
 * <i>Frau</i>, <i>my name is</i>. A name that no list has and that no such word introduces is not found.
 */
final class WesternNames implements Recogniser {
    private static final WordList GIVEN = WordList.of("given-names.txt");
    private static final WordList SURNAMES = WordList.of("surnames.txt");
    private static final int LONGEST = 5; // words of a name

    /** A capitalised word, an initial, or a particle between them. */
    private static final Pattern WORD = Pattern.compile("\\p{Lu}[\\p{L}\\p{M}]*+(?:['’-]\\p{L}[\\p{L}\\p{M}]*+)*+\\.?"
            + "|(?<=\\s)(?:von|van|de|den|der|du|des|di|da|dos|del|della|la|le|zu|zum|zur|vom|ter|ten|bin|al)(?=\\s)");

    private static final Set<String> TITLES = Set.of("mr", "mrs", "ms", "miss", "mister", "dr", "prof", "profes"
            + "sor", "sir",
            "madam", "herr", "herrn", "frau", "doktor", "mme", "mlle", "monsieur", "madame", "mademoiselle",
            "docteur", "maître", "dipl", "ing", "med");

    private static final Pattern INTRODUCED = Pattern.compile("(?iu)(?:\\bname is|\\bnamed|\\bi am|\\bi'm|\\bcalled"
            + "|\\bheiße|\\bheisse|\\bname ist|\\bnamens|\\bm['’]appelle|\\bnom est|\\bnommée?|\\bsigned by"
            + "|\\b(?:full |first |last |sur|given |customer |patient |employee |contact )?name ?:|\\bkunde:|\\bkundin:"
            + "|\\bpatient(?:in)?:|\\bnom ?:|\\bprénom ?:|\\bvorname ?:|\\bnachname ?:|\\bcontact ?:|\\bholder"
            + ",? ?:?|inhaber(?:in)? ?:?|\\btitulaire ?:?|\\bdear"
            + "|\\bsehr geehrter|\\bsehr geehrte|\\bliebe|\\blieber|\\bcher|\\bchère|\\bbonjour|\\bhello|\\bhi),? ?$");

    /** Words that stand capitalised behind a name without being of it, or look like a given name. */
    private static final Set<String> NO_NAMES = Set.of("the", "a", "an", "i", "in", "on", "at", "is", "was", "a"
            + "nd", "or",
            "street", "st", "road", "avenue", "lane", "drive", "january", "february", "march", "april", "may", "june",
            "july", "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday",
            "thursday", "friday", "saturday", "sunday", "januar", "februar", "märz", "mai", "juni", "juli", "oktober",
            "dezember", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "inc", "ltd",
            "gmbh", "ag", "corp", "llc", "company", "university", "hospital", "bank", "paris", "berlin", "london",
            "email", "phone", "tel", "telefon", "address", "adresse", "card", "passport", "reisepass", "passeport",
            "iban", "ip", "date", "datum", "id", "all", "any", "our", "your", "please", "bitte", "customer", "kunde",
            "client", "order", "ticket", "invoice", "rechnung", "facture", "contact", "kontakt", "re", "see", "call",
            "le", "la", "les", "un", "une", "der", "die", "das", "den", "dem", "ein", "eine", "he", "she", "we", "they",
            "it", "you", "er", "sie", "wir", "il", "elle", "nous", "vous", "ich", "je", "mr", "mrs", "ms");

    /** @param next whether the next word is one of the same line, with a space or a comma alone between */
    private record Word(String text, String key, int start, int end) {
        boolean particle() { return Character.isLowerCase(text.charAt(0)); }

        boolean initial() { return text.length() <= 2 && (text.endsWith(".") || text.length() == 1); }

        boolean title() { return TITLES.contains(key); }

        boolean nameLike() { return !particle() && !title() && !NO_NAMES.contains(key); }

        boolean shouted() { return text.length() > 2 && text.equals(text.toUpperCase(Locale.ROOT)); }
    }

    @Override public List<Finding> find(String text, String context) {
        var words = WORD.matcher(text).results().map(WesternNames::word).toList();
        var found = new ArrayList<Finding>();
        for (int i = 0; i < words.size();) {
            int length = length(text, words, i);
            if (length == 0) {
                i++;
                continue;
            }
            var last = words.get(i + length - 1);
            int end = last.text.endsWith(".") && !last.initial() ? last.end - 1 : last.end;
            found.add(new Finding("name", words.get(i).start, end));
            i += length;
        }
        return found;
    }

    private static Word word(MatchResult match) {
        String bare = match.group().endsWith(".") ? match.group().substring(0, match.group().length() - 1)
                : match.group();
        return new Word(match.group(), bare.toLowerCase(Locale.ROOT), match.start(), match.end());
    }

    /** How many words from one on are a name. */
    private static int length(String text, List<Word> words, int at) {
        var first = words.get(at);
        if (!first.nameLike()) return 0;
        int most = run(text, words, at);
        boolean introduced = at > 0 && words.get(at - 1).title() && gap(text, words, at - 1).isBlank()
                || INTRODUCED.matcher(text.substring(Math.max(0, first.start - 40), first.start)).find();
        if (introduced && !first.initial()) return most;
        boolean more = most > 1;
        boolean given = isGiven(first);
        boolean surname = SURNAMES.has(first.key);
        if (surname && commaGiven(text, words, at)) return 1 + run(text, words, at + 1);
        if (given && more) {
            var second = words.get(at + most - 1);
            boolean known = SURNAMES.has(second.key) || isGiven(second) || second.key.contains("-") || second.initial();
            boolean sure = GIVEN.sure().contains(first.key.replaceFirst("-.*", ""));
            return sure || known || most == 2 && isInSentence(text, first.start) ? most : 0;
        }
        if (given && !more) return GIVEN.sure().contains(first.key) && !first.shouted() ? 1 : 0;
        if (first.initial() && more && SURNAMES.has(words.get(at + most - 1).key)) return most;
        return surname && more && SURNAMES.has(words.get(at + 1).key) && isGiven(words.get(at + 1)) ? most : 0;
    }

    /** Whether a small letter or a comma is before a place: there a capital says more than at the beginning. */
    private static boolean isInSentence(String text, int at) {
        return at > 1 && text.charAt(at - 1) == ' '
                && (Character.isLowerCase(text.charAt(at - 2)) || text.charAt(at - 2) == ',');
    }

    private static boolean isGiven(Word word) {
        int hyphen = word.key.indexOf('-');
        return GIVEN.has(word.key) || hyphen > 0 && GIVEN.has(word.key.substring(0, hyphen));
    }

    private static boolean commaGiven(String text, List<Word> words, int at) {
        return at + 1 < words.size() && gap(text, words, at).equals(", ") && isGiven(words.get(at + 1))
                && words.get(at + 1).nameLike();
    }

    /** How many words follow each other as those of a name do; a particle is never the last. */
    private static int run(String text, List<Word> words, int at) {
        int end = at + 1;
        boolean sentenceEnds = words.get(at).text.endsWith(".") && !words.get(at).initial();
        for (int i = at + 1; i < words.size() && i < at + LONGEST && !sentenceEnds; i++) {
            var word = words.get(i);
            if (!gap(text, words, i - 1).equals(" ") || !word.particle() && !word.nameLike()) break;
            if (!word.particle()) end = i + 1;
            sentenceEnds = word.text.endsWith(".") && !word.initial();
        }
        return end - at;
    }

    private static String gap(String text, List<Word> words, int at) {
        return text.substring(words.get(at).end, words.get(at + 1).start);
    }
}

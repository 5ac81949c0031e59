package dev.merapi.protect.masking;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The recognisers of what is written by rule: addresses of mail and machines, cards, accounts, documents. */
final class Numbers {
    /** A part of an address of mail: Latin letters, digits, and a hyphen. */
    private static final String MAIL = "[\\p{IsLatin}\\d_%+-]{1,64}+";

    static final Recogniser EMAIL = PatternRecogniser.of("email", "(?<![\\p{IsLatin}\\d_.%+-])" + MAIL + "(?:\\." + MAIL
            + "){0,8}@(?:[\\p{IsLatin}\\d-]{1,63}\\.){1,8}\\p{IsLatin}{2,24}(?![\\p{IsLatin}\\d])", _ -> true);

    /** 13 to 19 digits of an issuer that exists, alone or in groups. */
    static final Recogniser CARD = PatternRecogniser.of("card",
            "(?<![\\p{IsLatin}\\d.,+-])([2-6](?:[ -]?\\d){12,18})(?![\\d]|[.,]\\d)",
            written -> CheckDigits.luhn(CheckDigits.bare(written)));

    static final Recogniser RESIDENT = PatternRecogniser.of("resident_id",
            "(?<![\\p{IsLatin}\\d])([1-9]\\d{16}[\\dXx])(?![\\p{IsLatin}\\d])", CheckDigits::resident);

    /** Numbers of passports and identity cards have no common check digit: a word beside them decides. */
    static final Recogniser PASSPORT = PatternRecogniser.of("passport",
            "(?<![\\p{IsLatin}\\d])((?=(?:[A-Z]*\\d){2})(?:[A-Z]{1,2}\\d{6,8}|\\d{9}|\\d{2}[A-Z]{2}\\d{5}"
            + "|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}))(?![\\p{IsLatin}\\d])", _ -> true)
            .near(Set.of("passport", "passport_number", "passport_no", "passeport", "reisepass", "pass", "passnummer",
                    "reisepassnummer", "personalausweis", "ausweis", "ausweisnummer", "护照", "护照号",
                    "通行证"));

    private static final Pattern IBAN_START = Pattern.compile("(?<![\\p{IsLatin}\\d])[A-Z]{2}\\d{2}(?=[ -]?[A-Z0-9])");
    private static final Pattern IP = Pattern.compile("(?<![\\p{IsLatin}\\d.:])(?:(?:\\d{1,3}\\.){3}\\d{1,3}"
            + "|(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:\\d{1,3}\\.){3}\\d{1"
            + ",3})?)(?![\\p{IsLatin}\\d:]|\\.\\d)");

    private Numbers() {}

    /** As many characters as the country's accounts have, with a space or hyphen between groups. */
    static List<Finding> ibans(String text, String context) {
        var found = new ArrayList<Finding>();
        var matcher = IBAN_START.matcher(text);
        while (matcher.find()) {
            int left = CheckDigits.ibanLength(text.substring(matcher.start(), matcher.start() + 2));
            var bare = new StringBuilder();
            int at = matcher.start();
            for (; left > 0 && at < text.length(); at++) {
                char c = text.charAt(at);
                boolean gap = (c == ' ' || c == '-') && at > matcher.start();
                if (!gap && !Character.isLetterOrDigit(c)) break;
                if (gap) continue;
                bare.append(c);
                left--;
            }
            boolean ends = at == text.length() || !Character.isLetterOrDigit(text.charAt(at))
                    || Character.isIdeographic(text.charAt(at));
            if (left == 0 && ends && CheckDigits.iban(bare.toString())) {
                found.add(new Finding("iban", matcher.start(), at));
            }
        }
        return found;
    }

    /** Of version 4 and 6. */
    static List<Finding> ips(String text, String context) {
        if (text.indexOf('.') < 0 && text.indexOf(':') < 0) return List.of();
        var found = new ArrayList<Finding>();
        var matcher = IP.matcher(text);
        while (matcher.find()) {
            if (isAddress(matcher.group())) found.add(new Finding("ip", matcher.start(), matcher.end()));
        }
        return found;
    }

    private static boolean isAddress(String written) {
        try {
            if (written.indexOf(':') < 0) Inet4Address.ofLiteral(written);
            else Inet6Address.ofLiteral(written);
            return written.length() > 3; // "::" stands for much else
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

package dev.merapi.protect.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Telephone numbers, as Google's libphonenumber knows them: with a country code those of all countries, without one
 * those of some. Digits in one run, which might be any number, need a word such as <i>phone</i> beside them, but for
 * Chinese mobile numbers, whose form is their own.
 */
final class PhoneRecogniser implements Recogniser {
    private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();
    private static final int LEAST = 7, MOST = 15; // digits
    private static final Pattern CANDIDATE = Pattern.compile("(?<![\\p{IsLatin}\\d.,/-])"
            + "(?:\\+ ?|\\()?\\d(?:[ ()./-]{0,3}\\d){6,19}"
            + "(?![\\p{IsLatin}\\d]|[.,/-]\\d)");
    private static final Pattern RUN = Pattern.compile("\\d+");
    private static final Pattern CHINESE_MOBILE = Pattern.compile("1[3-9]\\d{9}");
    private static final Set<String> WORDS = Set.of("phone", "phone_number", "phonenumber", "tel", "telephon"
            + "e", "mobile",
            "cell", "call", "fax", "telefon", "telefonnummer", "handy", "mobil", "mobilnummer", "rufnummer", "tél",
            "téléphone", "portable", "电话", "手机", "联系方式", "致电");

    private final List<String> countries;

    /** @param countries whose numbers are known without a country code, as ISO 3166 has them: {@code US} */
    PhoneRecogniser(List<String> countries) {
        for (String country : countries) {
            if (PHONES.getSupportedRegions().contains(country)) continue;
            throw new IllegalArgumentException("countries: expected two letters of ISO 3166, such as US or CN."
                    + " Received "
                    + country + ".");
        }
        this.countries = List.copyOf(countries);
    }

    @Override public List<Finding> find(String text, String context) {
        var found = new ArrayList<Finding>();
        var matcher = CANDIDATE.matcher(text);
        while (matcher.find()) {
            String written = matcher.group();
            long digits = written.chars().filter(Character::isDigit).count();
            if (digits < LEAST || digits > MOST) continue;
            boolean loose = RUN.matcher(written).matches() && !CHINESE_MOBILE.matcher(written).matches();
            if (loose && !PatternRecogniser.isNear(WORDS, text, matcher.start(), context)) continue;
            if (isPhone(written)) found.add(new Finding("phone", matcher.start(), matcher.end()));
        }
        return found;
    }

    private boolean isPhone(String written) {
        if (written.startsWith("+")) return isValid(written, "ZZ");
        String digits = CheckDigits.bare(written);
        for (String country : countries) {
            String prefix = PHONES.getNddPrefixForRegion(country, true);
            // what is dialled within Germany begins with 0: else each date would be a number somewhere
            boolean dialled = !"0".equals(prefix) || digits.startsWith("0") || CHINESE_MOBILE.matcher(digits).matches();
            if (dialled && isValid(written, country)) return true;
        }
        return false;
    }

    private static boolean isValid(String written, String country) {
        try {
            return PHONES.isValidNumber(PHONES.parse(written, country));
        } catch (NumberParseException e) {
            return false;
        }
    }
}

package dev.merapi.protect.masking;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/** The check digits by which numbers are told from numbers that only look alike. */
public final class CheckDigits {
    private static final BigInteger IBAN_MODULUS = BigInteger.valueOf(97);
    private static final int[] RESIDENT_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String RESIDENT_CHECKS = "10X98765432";

    /** Characters of an IBAN by its country (the registry of SWIFT, ISO 13616). */
    private static final Map<String, Integer> IBAN_LENGTHS = lengths("""
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20
            EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30
            KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24
            PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29
            VA22 VG24 XK20 YE30""");

    private CheckDigits() {}

    private static Map<String, Integer> lengths(String table) {
        var lengths = new HashMap<String, Integer>();
        for (String entry : table.split("\\s+")) {
            lengths.put(entry.substring(0, 2), Integer.valueOf(entry.substring(2)));
        }
        return Map.copyOf(lengths);
    }

    /** Letters and digits of a number that is written in groups. */
    static String bare(String written) {
        var bare = new StringBuilder(written.length());
        written.chars().filter(Character::isLetterOrDigit).forEach(c -> bare.append((char) c));
        return bare.toString();
    }

    /** Whether digits end with the right one by Luhn's rule (ISO/IEC 7812), as a payment card's do. */
    public static boolean luhn(String digits) {
        return digits.length() > 1 && digits.chars().allMatch(CheckDigits::isDigit)
                && digits.charAt(digits.length() - 1) == luhnDigit(digits.substring(0, digits.length() - 1));
    }

    /** The digit that Luhn's rule puts behind others. */
    static char luhnDigit(String digits) {
        int sum = 0;
        for (int i = digits.length() - 1, weight = 2; i >= 0; i--, weight = 3 - weight) {
            int product = weight * (digits.charAt(i) - '0');
            sum += product / 10 + product % 10;
        }
        return (char) ('0' + (10 - sum % 10) % 10);
    }

    /** Whether letters and digits are an IBAN: length of its country, and remainder 1 by 97 (ISO 7064). */
    public static boolean iban(String bare) {
        return bare.length() > 4 && ibanLength(bare.substring(0, 2)) == bare.length()
                && bare.chars().allMatch(CheckDigits::isUpperOrDigit) && remainder(bare) == 1;
    }

    /** 0 where the country has none. */
    static int ibanLength(String country) { return IBAN_LENGTHS.getOrDefault(country, 0); }

    /** The two digits behind the country, for what comes behind them. */
    static String ibanDigits(String country, String account) {
        return "%02d".formatted(98 - remainder(country + "00" + account));
    }

    private static int remainder(String iban) {
        var digits = new StringBuilder();
        (iban.substring(4) + iban.substring(0, 4)).chars().forEach(c -> digits.append(Character.digit(c, 36)));
        return new BigInteger(digits.toString()).mod(IBAN_MODULUS).intValue();
    }

    /** Whether 18 characters are a Chinese resident identity number: birthday and check digit (GB 11643-1999). */
    public static boolean resident(String id) {
        if (!id.matches("[1-9]\\d{16}[\\dXx]")) return false;
        try {
            var born = LocalDate.of(number(id, 6, 10), number(id, 10, 12), number(id, 12, 14));
            if (born.getYear() < 1850 || born.getYear() > 2100) return false;
        } catch (DateTimeException e) {
            return false;
        }
        return endsAsResident(id);
    }

    /** Whether the last of 18 characters is the check digit of the others. */
    static boolean endsAsResident(String id) {
        return id.matches("\\d{17}[\\dXx]")
                && Character.toUpperCase(id.charAt(17)) == residentDigit(id.substring(0, 17));
    }

    private static int number(String id, int from, int to) { return Integer.parseInt(id, from, to, 10); }

    static char residentDigit(String digits) {
        int sum = 0;
        for (int i = 0; i < 17; i++) sum += RESIDENT_WEIGHTS[i] * (digits.charAt(i) - '0');
        return RESIDENT_CHECKS.charAt(sum % 11);
    }

    private static boolean isDigit(int c) { return c >= '0' && c <= '9'; }

    private static boolean isUpperOrDigit(int c) { return isDigit(c) || c >= 'A' && c <= 'Z'; }
}

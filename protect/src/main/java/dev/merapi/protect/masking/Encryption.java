package dev.merapi.protect.masking;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Encrypts values by their type. A number with check digits gets the right ones; one whose check digits are wrong is
 * none, and not encrypted.
 */
final class Encryption {
    private Encryption() {}

    /** Empty where the value has too few forms to be encrypted. */
    static Optional<String> encrypt(String type, String value, MaskKey key) {
        return apply(type, value, body -> key.encrypt(type, body).orElse(null));
    }

    /** What {@link #encrypt} was given; empty where it cannot have been. */
    static Optional<String> decrypt(String type, String value, MaskKey key) {
        return apply(type, value, body -> key.decrypt(type, body).orElse(null));
    }

    private static Optional<String> apply(String type, String value, UnaryOperator<String> cipher) {
        String bare = CheckDigits.bare(value);
        String changed = switch (type) {
            case "card" -> CheckDigits.luhn(bare) ? card(bare, cipher) : null;
            case "iban" -> CheckDigits.iban(bare) ? iban(bare, cipher) : null;
            case "resident_id" -> CheckDigits.endsAsResident(bare) ? resident(bare, cipher) : null;
            default -> {
                String all = cipher.apply(value);
                yield all == null ? null : CheckDigits.bare(all);
            }
        };
        return Optional.ofNullable(changed).map(letters -> laidOver(value, letters));
    }

    private static String card(String bare, UnaryOperator<String> cipher) {
        String body = cipher.apply(bare.substring(0, bare.length() - 1));
        return body == null ? null : body + CheckDigits.luhnDigit(body);
    }

    /** The country stays. */
    private static String iban(String bare, UnaryOperator<String> cipher) {
        String country = bare.substring(0, 2), account = cipher.apply(bare.substring(4));
        return account == null ? null : country + CheckDigits.ibanDigits(country, account) + account;
    }

    private static String resident(String bare, UnaryOperator<String> cipher) {
        String body = cipher.apply(bare.substring(0, 17));
        return body == null ? null : body + CheckDigits.residentDigit(body);
    }

    /** Letters and digits in the places of a value's, whose other characters stay. */
    private static String laidOver(String value, String letters) {
        var result = new StringBuilder(value);
        for (int i = 0, at = 0; i < value.length(); i++) {
            if (Character.isLetterOrDigit(value.charAt(i))) result.setCharAt(i, letters.charAt(at++));
        }
        return result.toString();
    }
}

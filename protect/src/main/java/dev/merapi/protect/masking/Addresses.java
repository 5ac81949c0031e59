package dev.merapi.protect.masking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Postal addresses by the words that streets and houses have, in English, German, French and Chinese. */
final class Addresses {
    private static final String NAME = "\\p{Lu}[\\p{L}.'’-]*";
    private static final String TOWN = NAME + "(?: (?:" + NAME + "|am|an der|im|bei|sur|en|de|les|upon)){0,3}";

    /** 12 Main Street, Apt. 4, Springfield, IL 62704. */
    private static final String ENGLISH = "(?<![\\p{L}\\p{N}])\\d{1,6}[A-Za-z]? (?:[NSEW]\\.? )?(?:" + NAME + " ){1,4}"
            + "(?i:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Terrace|Way"
            + "|Circle|Cir|Crescent|Close|Highway|Hwy|Parkway|Pkwy|Row|Gardens|Grove|Mews|Hill)\\b\\.?"
            + "(?:,? (?i:Apt|Apartment|Suite|Ste|Unit|Flat|Floor)\\.? ?#?\\w{1,6})?"
            + "(?:,? " + TOWN + "(?:,? [A-Z]{2}(?: \\d{5}(?:-\\d{4})?)?|,? [A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2})?)?";
    /** A flat before the street: Apt. 4, Zimmer 350, 3 étage, 4 OG. */
    private static final String FLAT = "(?<![\\p{L}\\p{N}])(?:(?:(?i:Apt|Apartment|Suite|Unit|Flat|Zimmer|App"
            + "|Appt|Wohnung)"
            + "\\.? ?#?\\w{1,5}|\\d{1,2}(?:er?|ème|\\.)? ?(?:OG|[ée]tage)),? )?";

    /** 8504 Any Name, Town, VA 12345, or Am Ende 4, Town, BY 12345: town and number tell it. */
    private static final String TAILED = FLAT + "(?:\\d{1,6} (?:" + NAME + " ){0,4}" + NAME
            + "|" + NAME + "(?: (?:" + NAME + "|der|dem|den|des|die)){0,4} \\d{1,4} ?[a-h]?), " + TOWN
            + ", [A-Z]{2} \\d{5}(?:-\\d{4})?(?!\\d)";
    private static final String BOX = "(?i:P\\.? ?O\\.? Box|Postfach|Boîte postale|BP) \\d{1,6}";

    /** Hauptstraße 12a, 12345 Neustadt. */
    private static final String GERMAN = FLAT + "(?:(?:" + NAME + "[ -]){0,3}\\p{Lu}[\\p{L}.-]*"
            + "(?:straße|strasse|str\\.|weg|allee|platz|gasse|ring|damm|ufer|steig|chaussee|wall|graben|hof|markt|berg)"
            + "|(?:Am|An der|Im|In der|Auf dem|Zum|Zur|Unter den) (?:" + NAME + ")(?: " + NAME + ")?"
            + "|(?:" + NAME + "[ -]){1,3}(?:Straße|Strasse|Str\\.|Weg|Allee|Platz|Ring|Damm|Ufer|Gasse))"
            + " \\d{1,4} ?[a-hA-H]?(?![\\p{L}\\p{N}])(?: ?[-/] ?\\d{1,4}[a-h]?)?(?:,? (?:D-)?\\d{5}"
            + " " + TOWN + "|, " + TOWN + ", (?:[A-Z]{2} )?\\d{5})?";

    /** 12 bis, rue de la Paix, 75002 Paris. */
    private static final String FRENCH = FLAT + "(?<![\\p{L}\\p{N}])\\d{1,4}(?: ?(?:bis|ter|quater))?,? "
            + "(?i:rue|avenue|av\\.|boulevard|bd|place|allée|allee|chemin|impasse|quai|cours|route|passage|square|voie"
            + "|sentier|faubourg)"
            + " (?:(?:de la|de l['’]|du|des|de|la|le|les|d['’]|l['’]|et|aux?|à|en|sur) ?|" + NAME + "[ -]?){1,7}"
            + "(?:,? \\d{5} " + TOWN + ")?";

    /** 浙江省杭州市西湖区文三路90号3幢501室. */
    private static final String HAN = "[\\p{IsHan}&&[^在到住址是于为寄]]";
    private static final String CHINESE = "(?:(?:" + HAN + "{2,8}?(?:省|自治区|特别行政区))?" + HAN + "{1,8}?(?:市|州|盟)"
            + "(?:" + HAN + "{1,8}?(?:区|县|旗|市))?(?:" + HAN + "{1,8}?(?:街道|镇|乡))?"
            + "|" + HAN + "{1,8}?(?:区|县))?" + HAN + "{1,10}?(?:路|街|巷|弄|大道|胡同|道|村|苑|小区)(?:[东西南北中]段)?"
            + "\\d{1,5}(?:号|弄|栋|幢)(?:院|楼)?(?:[\\dA-Za-z一二三四五六七八九十]{1,4}(?:号楼|号|栋|幢|单元|座|层|楼))*"
            + "(?:\\d{1,5}(?:室|户))?";

    private static final List<Recogniser> ALL = Stream.of(TAILED, ENGLISH, BOX, GERMAN, FRENCH, CHINESE)
            .<Recogniser>map(pattern -> PatternRecogniser.of("address", pattern, _ -> true)).toList();

    private Addresses() {}

    static List<Finding> find(String text, String context) {
        if (text.chars().noneMatch(Character::isDigit)) return List.of();
        var found = ALL.stream().flatMap(one -> one.find(text, context).stream())
                .sorted(Comparator.comparingInt(Finding::start)).toList();
        var merged = new ArrayList<Finding>(); // the forms of countries overlap
        for (var one : found) {
            var last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || !last.overlaps(one)) merged.add(one);
            else merged.set(merged.size() - 1, new Finding("address", last.start(), Math.max(last.end(), one.end())));
        }
        return merged;
    }
}

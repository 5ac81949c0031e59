package dev.merapi.protect.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.datafaker.Faker;

/**
 * Sentences of four languages with personal data whose places are known. Names, mail addresses, cards, accounts and
 * Western addresses are Datafaker's, whose lists are not the recognisers'; Chinese addresses and resident ids, of which
 * it makes none that are real, are made here; telephone numbers are those of Datafaker whose ranges are in use.
 */
final class LabelledTexts {
    /** @param truth what is personal in it */
    record Labelled(String text, List<Finding> truth) {}

    private static final List<String> CITIES = List.of("浙江省杭州市西湖区", "北京市海淀区", "上海市浦东新区",
            "广东省深圳市南山区", "四川省成都市武侯区", "江苏省南京市玄武区", "湖北省武汉市洪山区", "陕西省西安市雁塔区");
    private static final List<String> ROADS = List.of("文三路", "中关村大街", "世纪大道", "科技园路", "人民南路", "中山路",
            "珞喻路", "长安南路", "解放街", "建设路");

    /** Braces are personal; the last of each are not. */
    private static final Map<String, List<String>> TEMPLATES = Map.of("en-US", List.of(
            "My name is {name} and you can reach me at {phone}.",
            "{name} ordered it on {date}; the receipt went to {email}.",
            "Please ship to {name}, {address}.",
            "The card {card} of {name} was declined on {date}.",
            "Refund to IBAN {iban}, account holder {name}.",
            "Login from {ip} failed twice for {email}.",
            "Passport number {passport} was issued on {date}.",
            "Mr. {last} asked for a call: {phone}",
            "Yesterday {name} moved to {address}.",
            "Version 10.4.2 was released in Spring, and Order 4711 0815 was paid in full.",
            "The Board of Directors met in New Orleans and approved 12,345,678.90 dollars.",
            "Invoice 2024118 lists 16 items at 3.14 each, total 50.24, reference AB-1234-X."),
            "de", List.of(
            "Ich heiße {name}, meine Nummer ist {phone}.",
            "{name} hat am {date} bestellt, die Rechnung ging an {email}.",
            "Bitte senden Sie das Paket an {name}, {address}.",
            "Die Karte {card} wurde am {date} gesperrt.",
            "Überweisung auf {iban}, Kontoinhaber: {name}.",
            "Anmeldung von {ip} für {email} fehlgeschlagen.",
            "Der Reisepass {passport} wurde am {date} ausgestellt.",
            "Herr {last} bittet um Rückruf unter {phone}.",
            "Seit gestern wohnt {name} in der {address}.",
            "Die Sitzung des Aufsichtsrats dauerte 3 Stunden, Beschluss Nummer 4711 wurde gefasst.",
            "Version 2.10.0 kostet 1.234,50 Euro, die Lieferung kommt im Frühling aus Hamburg.",
            "Das Haus hat 12 Zimmer und einen großen Garten am Rand der Stadt."),
            "fr", List.of(
            "Je m'appelle {name}, mon numéro est le {phone}.",
            "{name} a commandé le {date}, la facture est partie à {email}.",
            "Merci d'envoyer le colis à {name}, {address}.",
            "La carte {card} a été bloquée le {date}.",
            "Virement sur {iban}, titulaire : {name}.",
            "Connexion depuis {ip} refusée pour {email}.",
            "Le passeport {passport} a été délivré le {date}.",
            "Madame {last} demande un rappel au {phone}.",
            "Depuis hier, {name} habite {address}.",
            "Le Conseil a approuvé 12 345,67 euros pour le Printemps des Arts à Lyon.",
            "La version 3.2.1 est sortie, la commande 4711 est payée.",
            "Le train de 8 heures part de la Gare du Nord avec 25 minutes de retard."),
            "zh-CN", List.of(
            "我叫{name}，电话是{phone}。",
            "{name}于{date}下单，发票已发送到{email}。",
            "请寄到{address}，收件人：{name}。",
            "持卡人{name}的卡号是{card}。",
            "身份证号：{resident_id}，姓名：{name}。",
            "来自{ip}的登录失败，账号{email}。",
            "护照号码{passport}，签发日期{date}。",
            "请联系{name}先生，手机{phone}。",
            "客户{name}住在{address}。",
            "今天天气很好，我们去公园散步，晚上八点回家。",
            "会议讨论了今年的预算，总额为1234567元，版本号是2.10.3。",
            "这本书一共有320页，价格是58元，订单编号4711。"));

    private final Random random;
    private final Faker faker;
    private final Locale locale;

    private LabelledTexts(String tag, long seed) {
        random = new Random(seed);
        locale = Locale.forLanguageTag(tag);
        faker = new Faker(locale, random);
    }

    static List<String> locales() { return List.of("en-US", "de", "fr", "zh-CN"); }

    /** So many sentences of a language. */
    static List<Labelled> of(String tag, int count, long seed) {
        var texts = new LabelledTexts(tag, seed);
        var all = new ArrayList<Labelled>();
        for (int i = 0; i < count; i++) all.add(texts.filled(TEMPLATES.get(tag).get(i % TEMPLATES.get(tag).size())));
        return all;
    }

    private Labelled filled(String template) {
        var text = new StringBuilder();
        var truth = new ArrayList<Finding>();
        int from = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', from)) {
            int close = template.indexOf('}', open);
            text.append(template, from, open);
            String slot = template.substring(open + 1, close), value = value(slot);
            truth.add(new Finding(slot.equals("last") ? "name" : slot, text.length(), text.length() + value.length()));
            text.append(value);
            from = close + 1;
        }
        return new Labelled(text.append(template.substring(from)).toString(), truth);
    }

    private String value(String slot) {
        return switch (slot) {
            case "name" -> chinese() ? until(() -> faker.name().fullName(), name -> name.length() > 2)
                    : faker.name().firstName() + " " + faker.name().lastName();
            case "last" -> faker.name().lastName();
            case "email" -> chinese() ? "user" + random.nextInt(100_000) + "@example.c"
                    + "n" : faker.internet().emailAddress();
            case "phone" -> until(() -> faker.phoneNumber().cellPhone(), this::inUse);
            case "card" -> faker.finance().creditCard();
            case "iban" -> faker.finance().iban(List.of("DE", "FR", "GB", "ES").get(random.nextInt(4)));
            case "ip" -> random.nextBoolean() ? faker.internet().ipV4Address() : faker.internet().ipV6Address();
            case "passport" -> faker.passport().valid();
            case "resident_id" -> resident();
            case "address" -> chinese() ? pick(CITIES) + pick(ROADS) + (1 + random.nextInt(900)) + "号"
                    + (1 + random.nextInt(30)) + "幢" + (100 + random.nextInt(900)) + ""
                            + "室" : faker.address().fullAddress();
            case "date" -> date();
            default -> throw new AssertionError(slot);
        };
    }

    private boolean chinese() { return locale.getLanguage().equals("zh"); }

    private <T> T pick(List<T> all) { return all.get(random.nextInt(all.size())); }

    private static String until(Supplier<String> made, Predicate<String> good) {
        String value = made.get();
        while (!good.test(value)) value = made.get();
        return value;
    }

    private boolean inUse(String number) {
        try {
            String country = Map.of("en", "US", "de", "DE", "fr", "FR", "zh", "CN").get(locale.getLanguage());
            var phones = PhoneNumberUtil.getInstance();
            return phones.isValidNumber(phones.parse(number, country));
        } catch (NumberParseException e) {
            return false;
        }
    }

    String resident() {
        String body = pick(List.of("110101", "310115", "440305", "330106", "510107")) + (1950 + random.nextInt(55))
                + "%02d%02d%03d".formatted(1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(1000));
        return body + CheckDigits.residentDigit(body);
    }

    private String date() {
        int year = 1950 + random.nextInt(75), month = 1 + random.nextInt(12), day = 1 + random.nextInt(28);
        var date = LocalDate.of(year, month, day);
        String pattern = switch (locale.getLanguage()) {
            case "en" -> pick(List.of("uuuu-MM-dd", "MM/dd/uuuu", "MMMM d, uuuu", "d MMMM uuuu"));
            case "de" -> pick(List.of("dd.MM.uuuu", "d. MMMM uuuu", "uuuu-MM-dd"));
            case "fr" -> pick(List.of("dd/MM/uuuu", "d MMMM uuuu"));
            default -> pick(List.of("uuuu年M月d日", "uuuu-MM-dd"));
        };
        return date.format(DateTimeFormatter.ofPattern(pattern, locale));
    }
}

package dev.merapi.protect.masking;

import dev.merapi.protect.masking.MaskRules.ColumnRule;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Types that a column's name tells: all of its values are masked, whatever they look like. */
final class ColumnNames {
    private static final Map<String, String> TYPES = types();

    private ColumnNames() {}

    private static Map<String, String> types() {
        var types = new HashMap<String, String>();
        put(types, "name", """
                name fullname firstname lastname givenname familyname surname forename middlename maidenname
                customername
                patientname employeename contactname username cardholder holder vorname nachname familienname
                kundenname nom prenom prénom nomdefamille nomcomplet 姓名 名字
                客户姓名 患者姓名 联系人 收件人 持卡人""");
        put(types, "email", "email mail emailaddress e-mail courriel adressemail 邮箱 电子邮箱 电子邮件");
        put(types, "phone", """
                phone phonenumber telephone tel mobile mobilephone cell cellphone fax telefon telefonnummer handy
                mobilnummer téléphone telephone portable 电话 手机 手机号 手机号码 联系电话""");
        put(types, "address", """
                address streetaddress street homeaddress postaladdress adresse anschrift straße strasse rue 地址
                住址
                家庭住址 通讯地址""");
        put(types, "passport", "passport passportnumber passportno passnummer reisepass passeport 护照 护照号"
                + " 护照号码");
        put(types, "resident_id", "residentid 身份证 身份证号 身份证号码");
        return Map.copyOf(types);
    }

    private static void put(Map<String, String> types, String type, String names) {
        for (String name : names.split("\\s+")) types.put(key(name), type);
    }

    private static String key(String name) { return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]+", ""); }

    /** What the rules say of a column, or its name; a column that neither knows is searched through. */
    static ColumnRule rule(String column, MaskRules rules) {
        var given = rules.columns().get(column);
        if (given != null) return given;
        String type = TYPES.get(key(column));
        return new ColumnRule(rules.types().contains(String.valueOf(type)) ? type : null, null);
    }
}

package dev.merapi.protect.masking;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chinese names: a surname of the list and one or two characters behind it, where a word such as 姓名 or 先生
 * stands beside them, or where they stand by themselves and given names are often written with these characters.
 */
final class ChineseNames implements Recogniser {
    private static final WordList SURNAMES = WordList.of("chinese-surnames.txt");
    private static final Set<Integer> GIVEN = WordList.of("chinese-given.txt").sure().stream()
            .flatMap(line -> line.codePoints().boxed()).collect(Collectors.toUnmodifiableSet());

    private static final Pattern BEFORE = Pattern.compile("(?:姓名|名字|联系人|收件人|寄件人|负责人|持卡人|申请人|法人"
            + "|联系|患者|客户|员工|学生|用户|乘客|我叫|名叫|叫做|我是|本人|同事|医生|律师|老师|经理)(?:[:：是为叫])?\\s?$");
    private static final Pattern TITLE = Pattern.compile("^(?:先生|女士|小姐|太太|老师|医生|大夫|教授|经理|同学|主任"
            + "|律师|师傅|博士|院士|局长|处长|总监|董事长)");
    private static final Pattern LOOSE_BEFORE = Pattern.compile("(?:^|[\\p{P}\\s由和与给向请跟被对让及、])$");
    private static final Pattern LOOSE_AFTER = Pattern.compile("^(?:$|[\\p{P}\\s]|的|在|于|说|将|已|是|和|与|住|来|去|电话"
            + "|身份证|手机|出生|邮箱|签|负责|提交|申请|购买|预订|办理)");
    private static final String NEVER_GIVEN = "的是在和说已将于来去有了住电身手出邮，。先女小老医教经同主律师";

    @Override public List<Finding> find(String text, String context) {
        List<Finding> found = null;
        for (int i = 0; i + 1 < text.length(); i++) {
            if (!Character.isIdeographic(text.charAt(i))) continue;
            int length = length(text, i);
            if (length == 0) continue;
            if (found == null) found = new ArrayList<>();
            found.add(new Finding("name", i, i + length));
            i += length - 1;
        }
        return found == null ? List.of() : found;
    }

    private static int length(String text, int at) {
        String two = text.substring(at, Math.min(at + 2, text.length()));
        int surname = SURNAMES.sure().contains(two) ? 2 : SURNAMES.has(two.substring(0, 1)) ? 1 : 0;
        if (surname == 0) return 0;
        String before = text.substring(Math.max(0, at - 6), at);
        boolean introduced = BEFORE.matcher(before).find();
        boolean alone = LOOSE_BEFORE.matcher(before).find();
        for (int given = 2; given >= 1; given--) {
            int end = at + surname + given;
            if (end > text.length()) continue;
            String name = text.substring(at + surname, end);
            if (!name.chars().allMatch(c -> Character.isIdeographic(c) && NEVER_GIVEN.indexOf(c) < 0)) continue;
            String after = text.substring(end, Math.min(end + 4, text.length()));
            boolean ends = LOOSE_AFTER.matcher(after).find();
            boolean titled = TITLE.matcher(after).find();
            boolean usual = name.codePoints().allMatch(GIVEN::contains);
            boolean sure = SURNAMES.sure().contains(text.substring(at, at + surname));
            if (introduced && (ends || titled || usual) || titled && (sure || usual || alone)
                    || alone && ends && usual && (sure || given == 2)) return surname + given;
        }
        String after = text.substring(at + surname, Math.min(at + surname + 4, text.length()));
        boolean honoured = TITLE.matcher(after).find();
        return honoured && SURNAMES.sure().contains(text.substring(at, at + surname)) ? surname : 0;
    }
}

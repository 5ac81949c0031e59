package dev.merapi.text.jinja;

/** {@code '{} is {value:5.2f}'.format(name, value=1)}. */
final class BraceFormat {
    private final String format;
    private final Arguments values;
    private final Output out = new Output();
    private int next;

    private BraceFormat(String format, Arguments values) {
        this.format = format;
        this.values = values;
    }

    static String of(String format, Arguments values) {
        var writing = new BraceFormat(format, values);
        writing.write();
        return writing.out.toString();
    }

    private void write() {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean twice = i + 1 < format.length() && format.charAt(i + 1) == c;
            if (c != '{' && c != '}') {
                out.append(String.valueOf(c));
            } else if (twice) {
                out.append(String.valueOf(c));
                i++;
            } else {
                int end = format.indexOf('}', i);
                if (c == '}' || end < 0) throw new Wrong("a format: expected { and } in pairs.");
                field(format.substring(i + 1, end));
                i = end;
            }
        }
    }

    private void field(String field) {
        if (field.contains("{")) throw new Wrong("a format: expected no { within a place. Received {" + field + "}.");
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        String name = colon < 0 ? field : field.substring(0, colon);
        String conversion = "";
        if (name.contains("!")) {
            conversion = name.substring(name.indexOf('!') + 1);
            name = name.substring(0, name.indexOf('!'));
        }
        Object value = value(name);
        out.append(FormatSpec.format(switch (conversion) {
            case "" -> value;
            case "s" -> Values.text(value);
            case "r" -> Values.repr(value);
            default -> throw new Wrong("a format: expected !s or !r. Received !" + conversion + ".");
        }, spec));
    }

    private Object value(String name) {
        if (name.isEmpty()) return positional(next++);
        if (name.length() < 9 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return positional(Integer.parseInt(name));
        }
        if (values.has(name)) return values.get(name);
        throw new Wrong("a format: expected a value for {" + name + "}. Received none; parts of values, such as"
                + " {a.b}, are not read.");
    }

    private Object positional(int index) {
        if (index < values.positional().size()) return values.positional().get(index);
        throw new Wrong("a format: expected a value for each {}. Received " + values.positional().size() + ".");
    }
}

package dev.merapi.data;

/** A number of things passed by, and where one stands within the next: {@code 3:120}. */
record Place(long number, String rest) {
    static Place of(long number) { return new Place(number, ""); }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Place parse(String text) {
        int colon = text.indexOf(':');
        try {
            long number = Long.parseLong(colon < 0 ? text : text.substring(0, colon));
            if (number >= 0) return new Place(number, colon < 0 ? "" : text.substring(colon + 1));
        } catch (NumberFormatException e) { // told below
        }
        throw new IllegalArgumentException("Samples: expected a position such as 12 or 3:120. Received \"" + text
                + "\"; is it that of a run with other samples?");
    }

    @Override public String toString() { return rest.isEmpty() ? "" + number : number + ":" + rest; }
}

package dev.merapi.text.jinja;

/** What a name or key stands for that is not there: false, empty, and nothing else can be done with it. */
record Undefined(String name) {
    Wrong used() { return new Wrong("expected a value. Received none: " + name + " is undefined."); }
}

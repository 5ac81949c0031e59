/**
 * Texts that always follow a form: JSON of a schema, whatever the model would rather say.
 *
 * <pre>{@code
 * try (var gpt = Gpt2.load(Path.of("gpt2"))) {
 *     var schema = JsonSchema.of("{\"type\": \"object\", \"properties\": {\"age\": {\"type\": \"integer\"}}}");
 *     var writer = new Generator(gpt, tokenizer).constrained(Constraint.of(schema, tokenizer));
 *     IO.println(writer.generate("Ann is 30.", Generation.DEFAULT));
 * }
 * }</pre>
 */
package dev.merapi.text.constrain;

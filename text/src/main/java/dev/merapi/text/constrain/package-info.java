/**
 * Texts that always follow a form: JSON of a schema, whatever the model would rather say.
 *
 * <pre>{@code
 * var schema = JsonSchema.of("{\"type\": \"object\", \"properties\": {\"age\": {\"type\": \"integer\"}}}");
 * var constraint = Constraint.of(schema, tokenizer);
 * String json = new Generator(model, tokenizer).constrained(constraint).generate("Ann is 30.", Generation.DEFAULT);
 * }</pre>
 */
package dev.merapi.text.constrain;

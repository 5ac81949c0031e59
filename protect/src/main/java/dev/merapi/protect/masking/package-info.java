/**
 * Personal data in texts and tables: found, masked, and measured how well a table hides its persons.
 *
 * <pre>{@code
 * var masker = Masker.of(MaskRules.DEFAULT, MaskKey.random());
 * IO.println(masker.mask("Call Ann Lee: +1 202-456-1111"));                   // Call [NAME]: [PHONE]
 * }</pre>
 */
package dev.merapi.protect.masking;

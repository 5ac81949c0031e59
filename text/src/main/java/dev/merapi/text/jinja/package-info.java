/** The templates in which models that chat say how a conversation is written down. */
package dev.merapi.text.jinja;

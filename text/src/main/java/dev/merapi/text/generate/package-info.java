/** Text from language models: sampling and search, caches, stop conditions, chat templates. */
package dev.merapi.text.generate;

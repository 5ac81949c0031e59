/**
 * Networks that recognise speech, and the tasks that train them: DeepSpeech 2 and the Conformer by CTC, Listen, Attend
 * and Spell by attention.
 *
 * <pre>{@code
 * var model = new DeepSpeech2(DeepSpeech2.Config.small(40, alphabet.classes()));
 * var trainer = Trainer.of(new CtcTask(model, alphabet)).optimizer(m -> new Adam(m, 1e-3)).epochs(60);
 * trainer.fit(train, test);                                           // loaders of SpeechBatch
 * }</pre>
 */
package dev.merapi.speech.model;

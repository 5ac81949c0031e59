/**
 * Voices as vectors that lie near each other where one speaker speaks.
 *
 * <pre>{@code
 * var model = new EcapaTdnn(80, 512, 192);
 * var task = new SpeakerTask(model, 100, 0.2, 30);                // a hundred speakers to learn from
 * Trainer.of(task).optimizer(m -> new AdamW(m, 1e-3)).epochs(20).fit(train, test);
 * Tensor vectors = model.forward(x);                              // (N, 192), of length 1
 * }</pre>
 */
package dev.merapi.speech.speaker;

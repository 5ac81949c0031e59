// Sound of any file that the browser plays, or of its microphone, as a WAV file.

const RATE = 16_000; // what models of speech hear

/** A file's sound, one channel, 16 bits. */
export async function wav(file) {
  const context = new OfflineAudioContext(1, 1, RATE); // decoding resamples to its rate
  let sound;
  try {
    sound = await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error(`${file.name || 'recording'}: expected a sound that this browser plays, such as WAV, MP3 or FLAC.`);
  }
  const mixed = new Float32Array(sound.length);
  for (let c = 0; c < sound.numberOfChannels; c++) {
    sound.getChannelData(c).forEach((value, t) => { mixed[t] += value / sound.numberOfChannels; });
  }
  return new Blob([riff(mixed, sound.sampleRate)], { type: 'audio/wav' });
}

function riff(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, t) => view.setInt16(44 + 2 * t, Math.round(32767 * Math.max(-1, Math.min(1, value))), true));
  return view.buffer;
}

/** Records until stop() is called, which gives the file. */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts = [];
  recorder.ondataavailable = event => parts.push(event.data);
  recorder.start();
  return {
    stop: () => new Promise(done => {
      recorder.onstop = () => {
        stream.getTracks().forEach(track => track.stop());
        done(new File(parts, 'recording', { type: recorder.mimeType }));
      };
      recorder.stop();
    })
  };
}

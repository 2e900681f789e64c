/** Two soft notes for a host whose eyes are elsewhere: somebody waits at the door. */
const notes_hz = [660, 880];
const note_s = 0.16;
const loudness = 0.06;

export function chime(): void {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: loudness });
  gain.connect(context.destination);
  for (const [at, frequency] of notes_hz.entries()) {
    const note = new OscillatorNode(context, { frequency });
    note.connect(gain);
    note.start(context.currentTime + at * note_s);
    note.stop(context.currentTime + (at + 1) * note_s);
    if (at === notes_hz.length - 1) note.addEventListener('ended', () => void context.close());
  }
}

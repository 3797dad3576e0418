/**
 * The four sounds, told apart with eyes closed: found is one short high note, unknown two falling
 * low ones, attention three equal knocks, drawer a soft bell. They are made, not played from files.
 */
export type Sound = 'found' | 'unknown' | 'attention' | 'drawer';

interface Note {
  hz: number;
  atMs: number;
  lastsMs: number;
  shape: OscillatorType;
  loud: number;
}

const score: Record<Sound, Note[]> = {
  found: [{ hz: 1568, atMs: 0, lastsMs: 70, shape: 'sine', loud: 0.5 }],
  unknown: [
    { hz: 330, atMs: 0, lastsMs: 150, shape: 'sawtooth', loud: 0.35 },
    { hz: 208, atMs: 160, lastsMs: 260, shape: 'sawtooth', loud: 0.35 },
  ],
  attention: [0, 110, 220].map((atMs) => ({
    hz: 659,
    atMs,
    lastsMs: 60,
    shape: 'square' as const,
    loud: 0.22,
  })),
  drawer: [
    { hz: 1047, atMs: 0, lastsMs: 420, shape: 'sine', loud: 0.4 },
    { hz: 2637, atMs: 0, lastsMs: 180, shape: 'sine', loud: 0.12 },
  ],
};

let context: AudioContext | null = null;

/** Opens the sound device, so that the first sound is not late. Quiet where there is none. */
export function wakeSound(): void {
  try {
    context ??= new AudioContext({ latencyHint: 'interactive' });
    if (context.state === 'suspended') context.resume().catch(() => undefined);
  } catch {
    context = null;
  }
}

/** Plays a sound at a volume of 0 to 100; 0 is silence. */
export function play(sound: Sound, volume: number): void {
  if (volume <= 0) return;
  wakeSound();
  if (context === null) return;
  for (const note of score[sound]) strike(context, note, volume / 100);
}

function strike(on: AudioContext, note: Note, volume: number): void {
  const from = on.currentTime + note.atMs / 1000;
  const until = from + note.lastsMs / 1000;
  const voice = on.createOscillator();
  const gain = on.createGain();
  voice.type = note.shape;
  voice.frequency.value = note.hz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(note.loud * volume, from + 0.005);
  gain.gain.exponentialRampToValueAtTime(0.0001, until);
  voice.connect(gain).connect(on.destination);
  voice.start(from);
  voice.stop(until + 0.02);
}

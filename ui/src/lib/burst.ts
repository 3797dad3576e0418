/**
 * Tells a scanner's burst of keys from a person's typing, by speed alone.
 *
 * A scan is a run of at least four characters, each at most 50 ms after the one before, ended by
 * Enter at most 50 ms later. Keys are held until it is clear what they are, so that the digits of a
 * scan never reach a PIN pad, an amount or a search. Pure: time is an argument, nothing is lost;
 * every key pressed comes back either inside a scan or as typed.
 *
 * A computer that stumbles may let a scan's first keys through as typed. They are remembered for a
 * moment: a scan that follows on their heels gets them back, so that a code is never cut short and
 * taken for another one. No hand types and then scans within that time.
 */
export const GAP_MS = 50;
export const SHORTEST_SCAN = 4;
export const STUMBLE_MS = 150;

export interface Held<T> {
  key: string;
  /** Where the key was pressed, so that slow keys can go where they were meant to go. */
  target: T;
}

/** `stumbled`: how many keys of the scan had already been given out as typed. */
export type Ended<T> =
  { kind: 'scan'; code: string; stumbled: number } | { kind: 'typed'; keys: Held<T>[] };

export class Burst<T> {
  #held: Held<T>[] = [];
  #last = -Infinity;
  /** Given out as typed a moment ago. */
  #early = '';

  /** Holds a character. Answers the keys that turn out to have been typed before it. */
  press(key: string, atMs: number, target: T): Held<T>[] {
    const gap = atMs - this.#last;
    const typed = gap > GAP_MS ? this.flush() : [];
    if (gap > STUMBLE_MS) this.#early = '';
    this.#held.push({ key, target });
    this.#last = atMs;
    return typed;
  }

  /** Enter was pressed: what was held is a scan, or was typed. */
  enter(atMs: number): Ended<T> {
    const quick = atMs - this.#last <= GAP_MS;
    const early = this.#early;
    const keys = this.flush();
    this.#early = '';
    if (quick && keys.length >= SHORTEST_SCAN) {
      const code = early + keys.map((k) => k.key).join('');
      return { kind: 'scan', code, stumbled: early.length };
    }
    return { kind: 'typed', keys };
  }

  /** No more came in time: everything held was typed. */
  flush(): Held<T>[] {
    const keys = this.#held;
    this.#held = [];
    this.#early += keys.map((k) => k.key).join('');
    return keys;
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }
}

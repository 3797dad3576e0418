/**
 * Tells a scanner's burst of keys from a person's typing, by speed alone.
 *
 * A scan is a run of at least four characters, each at most 50 ms after the one before, ended by
 * Enter at most 50 ms later. Keys are held until it is clear what they are, so that the digits of a
 * scan never reach a PIN pad, an amount or a search. Pure: time is an argument, nothing is lost;
 * every key pressed comes back either inside a scan or as typed.
 */
export const GAP_MS = 50;
export const SHORTEST_SCAN = 4;

export interface Held<T> {
  key: string;
  /** Where the key was pressed, so that slow keys can go where they were meant to go. */
  target: T;
}

export type Ended<T> = { kind: 'scan'; code: string } | { kind: 'typed'; keys: Held<T>[] };

export class Burst<T> {
  #held: Held<T>[] = [];
  #last = -Infinity;

  /** Holds a character. Answers the keys that turn out to have been typed before it. */
  press(key: string, atMs: number, target: T): Held<T>[] {
    const typed = atMs - this.#last > GAP_MS ? this.flush() : [];
    this.#held.push({ key, target });
    this.#last = atMs;
    return typed;
  }

  /** Enter was pressed: what was held is a scan, or was typed. */
  enter(atMs: number): Ended<T> {
    const quick = atMs - this.#last <= GAP_MS;
    const keys = this.flush();
    if (quick && keys.length >= SHORTEST_SCAN) {
      return { kind: 'scan', code: keys.map((k) => k.key).join('') };
    }
    return { kind: 'typed', keys };
  }

  /** No more came in time: everything held was typed. */
  flush(): Held<T>[] {
    const keys = this.#held;
    this.#held = [];
    return keys;
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }
}

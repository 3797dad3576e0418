/**
 * The one listener for keys. It owns the order in which things may have a key: a scanner's burst
 * first, then a text field with the focus, then the open layers from the newest to the oldest.
 * It promises that a scan reaches `onScan` whatever has the focus, that no digit of a scan reaches
 * anything else, and that typed keys arrive in order. It never decides what a key means.
 */
import { Burst, GAP_MS, type Held } from './burst';

/** Answers true when it has used the key; then nobody else gets it. */
export type Layer = (key: string, inField: boolean) => boolean;

/** A timer that runs later than this tells of a window that was busy. */
const LATE_MS = 12;
/** How long keys already under way get to arrive. */
const LET_IN_MS = 8;

type Field = HTMLInputElement;
type ScanSink = (code: string, atMs: number) => void;

function fieldOf(target: EventTarget | null): Field | null {
  if (!(target instanceof HTMLInputElement)) return null;
  const text = ['text', 'search', 'password', 'url', 'tel', ''];
  return text.includes(target.type) && !target.readOnly && !target.disabled ? target : null;
}

/** What was typed into fields last, so that keys that prove to be a scan's can be taken back. */
const typed: { field: Field; before: string; after: string }[] = [];
const REMEMBERED = 32;

function takeBack(keys: number): void {
  for (let left = keys; left > 0; left--) {
    const last = typed.pop();
    if (!last || last.field.value !== last.after) return;
    last.field.value = last.before;
    last.field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
}

/** Types into a field as a person would: at the caret, announced to whoever listens. */
export function typeInto(field: Field, text: string): void {
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  if (field.maxLength >= 0 && field.value.length - (end - start) + text.length > field.maxLength) {
    return;
  }
  const before = field.value;
  field.setRangeText(text, start, end, 'end');
  typed.push({ field, before, after: field.value });
  if (typed.length > REMEMBERED) typed.shift();
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text }));
}

export class Keyboard {
  #burst = new Burst<EventTarget | null>();
  #layers: Layer[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onScan: ScanSink = () => undefined;

  /** Starts to listen; answers a way to stop. */
  start(onScan: ScanSink): () => void {
    this.#onScan = onScan;
    const down = (event: KeyboardEvent) => this.#down(event);
    const touch = () => this.#release(this.#burst.flush());
    window.addEventListener('keydown', down, { capture: true });
    window.addEventListener('pointerdown', touch, { capture: true });
    return () => {
      window.removeEventListener('keydown', down, { capture: true });
      window.removeEventListener('pointerdown', touch, { capture: true });
      clearTimeout(this.#timer);
    };
  }

  /** Puts a layer on top; answers a way to take it off. Made for `$effect(() => layer(…))`. */
  layer(layer: Layer): () => void {
    this.#layers.push(layer);
    return () => {
      this.#layers = this.#layers.filter((l) => l !== layer);
    };
  }

  #down(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey) {
      this.#release(this.#burst.flush());
      return;
    }
    if (event.key === 'Shift') return;
    const one = [...event.key].length === 1;
    if (one && !event.repeat) this.#character(event);
    else if (event.key === 'Enter' && !event.repeat) this.#enter(event);
    else this.#other(event);
  }

  #character(event: KeyboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.#release(this.#burst.press(event.key, event.timeStamp, event.target));
    this.#later();
  }

  /**
   * Releases what is held once nothing more came in time. A window that was busy may get here before
   * keys that were pressed in time: then those are let in first.
   */
  #later(): void {
    clearTimeout(this.#timer);
    const due = performance.now() + GAP_MS;
    this.#timer = setTimeout(() => {
      const busy = performance.now() - due > LATE_MS;
      this.#timer = setTimeout(() => this.#release(this.#burst.flush()), busy ? GAP_MS : LET_IN_MS);
    }, GAP_MS);
  }

  #enter(event: KeyboardEvent): void {
    const ended = this.#burst.enter(event.timeStamp);
    clearTimeout(this.#timer);
    if (ended.kind === 'scan') {
      event.preventDefault();
      event.stopPropagation();
      takeBack(ended.stumbled);
      this.#onScan(ended.code, event.timeStamp);
      return;
    }
    this.#release(ended.keys);
    this.#other(event);
  }

  #other(event: KeyboardEvent): void {
    this.#release(this.#burst.flush());
    const inField = fieldOf(event.target) !== null;
    // The web view's own meanings of function keys, such as loading anew, have no place at a till.
    if (/^F\d+$/.test(event.key)) event.preventDefault();
    if (this.#offer(event.key, inField)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #release(keys: Held<EventTarget | null>[]): void {
    for (const { key, target } of keys) {
      const field = fieldOf(target);
      if (field?.isConnected) {
        if (!this.#offer(key, true)) typeInto(field, key);
      } else if (!this.#offer(key, false) && key === ' ' && target instanceof HTMLElement) {
        target.click();
      }
    }
  }

  #offer(key: string, inField: boolean): boolean {
    for (const layer of [...this.#layers].reverse()) if (layer(key, inField)) return true;
    return false;
  }
}

export const keyboard = new Keyboard();

/** What this window prefers: sound and look. Kept by the web view; nothing here is a fact of the shop. */
import { play, type Sound } from '$lib/sounds';

export type Theme = 'light' | 'dark' | 'system';

interface Kept {
  theme: Theme;
  volume: number;
  muted: boolean;
}

const KEY = 'holdfast.preferences';
const FIRST: Kept = { theme: 'system', volume: 70, muted: false };

function read(): Kept {
  try {
    return { ...FIRST, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>) };
  } catch {
    return FIRST;
  }
}

class Preferences {
  #kept = $state<Kept>(read());

  get theme(): Theme {
    return this.#kept.theme;
  }
  get volume(): number {
    return this.#kept.volume;
  }
  get muted(): boolean {
    return this.#kept.muted;
  }

  change(some: Partial<Kept>): void {
    Object.assign(this.#kept, some);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // A web view without storage forgets at the next start; nothing else is lost.
    }
  }

  sound(sound: Sound): void {
    if (!this.#kept.muted) play(sound, this.#kept.volume);
  }

  /** Dresses the document, and follows the system while that is the choice. */
  dress(): () => void {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const put = () => {
      const theme = this.theme === 'system' ? (dark.matches ? 'dark' : 'light') : this.theme;
      document.documentElement.dataset.theme = theme;
    };
    put();
    dark.addEventListener('change', put);
    return () => dark.removeEventListener('change', put);
  }
}

export const preferences = new Preferences();

/** The keys that every list of the window has: F2 and letters to the search, arrows, Esc. */
import { typeInto, type Layer } from './keyboard';

interface List {
  box: () => HTMLInputElement | null;
  step: (by: number) => void;
  /** Esc, once nothing is left to clear in the search. */
  back: () => void;
  clear: () => void;
  /** Other keys of the screen; they come first. One that answers `false` has not used its key. */
  deeds?: Record<string, () => unknown>;
}

export function listKeys(list: List): Layer {
  const escape = () => {
    const box = list.box();
    if (box !== null && box.value !== '') list.clear();
    else list.back();
  };
  const own: Record<string, () => unknown> = {
    Escape: escape,
    ArrowUp: () => list.step(-1),
    ArrowDown: () => list.step(1),
    F2: () => list.box()?.focus(),
  };

  return (key, inField) => {
    const box = list.box();
    const inSearch = inField && document.activeElement === box;
    const deed = list.deeds?.[key] ?? own[key];
    const mine = deed !== undefined && !(inField && !inSearch && key.length === 1);
    if (mine && deed() !== false) return true;
    if (!inField && box !== null && [...key].length === 1 && key !== ' ') {
      box.focus();
      typeInto(box, key);
      return true;
    }
    return false;
  };
}

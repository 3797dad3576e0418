/**
 * The keys of Sell while nothing lies over it. Letters and digits go to the search; digits go to the
 * quantity once a line has been chosen by hand; arrows walk the hits while searching, else the cart.
 */
import type { Layer } from '$lib/keyboard';
import { cart } from '../../state/cart.svelte';
import type { Catalogue } from '../../state/catalogue.svelte';
import type { Job } from './job';

interface Deeds {
  catalogue: Catalogue;
  enter: () => void;
  pay: () => void;
  type: (text: string) => void;
  back: () => boolean;
  open: (job: Job) => void;
  busy: () => boolean;
}

/** Voids the line, or takes the void back. */
export function toggleVoid(): void {
  const line = cart.selected;
  if (line === null) return;
  void (line.voided ? cart.restoreLine(line.line_no) : cart.voidLine(line.line_no));
}

export function sellKeys(deeds: Deeds): Layer {
  const { catalogue } = deeds;

  const onLine = (job: 'quantity' | 'price', first = ''): boolean => {
    const line = cart.selected;
    if (line && !line.voided) deeds.open({ do: job, line, first });
    return true;
  };

  const arrow = (by: number): true => {
    if (catalogue.searching) catalogue.move(by);
    else cart.step(by);
    return true;
  };

  const named: Record<string, () => unknown> = {
    F2: () => deeds.type(''),
    F3: () => catalogue.step(-1),
    F4: () => catalogue.step(1),
    F5: () => onLine('quantity'),
    F6: () => onLine('price'),
    F8: () => cart.view.live_lines > 0 && deeds.open({ do: 'void_cart' }),
    F12: deeds.pay,
    ArrowUp: () => arrow(-1),
    ArrowDown: () => arrow(1),
    Escape: deeds.back,
  };

  return (key, inField) => {
    if (deeds.busy() && key !== 'F12') return false;
    const deed = named[key];
    if (deed) deed();
    else if (key === 'Enter' && (inField || catalogue.searching)) deeds.enter();
    else if (key === '+' && !catalogue.searching) deeds.pay();
    else if (key === '*' && !catalogue.searching) onLine('quantity');
    else if (key === 'Delete' && !(inField && catalogue.searching)) toggleVoid();
    else if (inField) return false;
    else if (/^\d$/.test(key) && cart.chosen !== null) onLine('quantity', key);
    else if ([...key].length === 1 && key !== ' ') deeds.type(key);
    else return false;
    return true;
  };
}

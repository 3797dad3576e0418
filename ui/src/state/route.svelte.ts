/**
 * Where the window is: one screen, and at most one panel over it. Leaving a screen never loses a
 * cart, because the cart lives on disk and not here.
 */
import type { Done } from '../bindings';

export type Screen =
  | { at: 'first_run' }
  | { at: 'sign_in' }
  | { at: 'untold' }
  | { at: 'sell' }
  | { at: 'tender' }
  | { at: 'done'; done: Done }
  | { at: 'sales'; saleId: string | null }
  | { at: 'refund'; saleId: string; untold: boolean }
  | { at: 'products'; productId: string | null }
  | { at: 'stock'; productId: string | null; count: CountAgain | null }
  | { at: 'sync'; tab: SyncTab; id: string | null }
  | { at: 'print_queue' }
  | { at: 'settings' };

/** The parts of the Sync screen. */
export type SyncTab = 'needs_you' | 'queue' | 'sale_line' | 'proof' | 'log' | 'tools';

/** A count that somebody asked for: of which article, and the conflict that it settles. */
export interface CountAgain {
  productId: string;
  settles: string;
  title: string;
}

export type Panel = 'menu' | 'help' | 'safety' | null;

class Route {
  screen = $state.raw<Screen>({ at: 'sign_in' });
  panel = $state<Panel>(null);

  go(screen: Screen): void {
    this.panel = null;
    this.screen = screen;
  }

  open(panel: Panel): void {
    this.panel = this.panel === panel ? null : panel;
  }

  close(): void {
    this.panel = null;
  }
}

export const route = new Route();

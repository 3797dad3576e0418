/** What a cashier may be doing on the desk, the left of Sell, instead of choosing articles. */
import type { CartLineView } from '../../bindings';

export type Job =
  | { do: 'quantity' | 'price'; line: CartLineView; first: string }
  | { do: 'quick'; code: string | null }
  | { do: 'void_cart' };

import type { CartLineView } from "./CartLineView";
import type { TotalsView } from "./TotalsView";

export type CartView = { sale_id: string | null; lines: CartLineView[]; live_lines: number; pieces_milli: number; totals: TotalsView; newest_line: number | null; tendered: boolean };

import type { TotalsView } from "./TotalsView";

export type RefundQuote = { totals: TotalsView; cash_rounding_minor: number; to_give_minor: number };

import type { Unit } from "./Unit";
import type { PriceReason } from "./PriceReason";

export type CartLineView = { line_no: number; name: string; code: string | null; unit: Unit; quantity_milli: number; quantity_text: string; unit_price_minor: number; list_price_minor: number | null; price_reason: PriceReason | null; discount_bp: number; amount_minor: number; voided: boolean };

import type { Unit } from "./Unit";

export type SaleLineView = { line_no: number; name: string; code: string | null; unit: Unit; quantity_milli: number; quantity_text: string; unit_price_minor: number; amount_minor: number; given_back_milli: number; may_give_back_milli: number };

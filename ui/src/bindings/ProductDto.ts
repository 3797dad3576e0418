import type { Unit } from "./Unit";

export type ProductDto = { product_id: string; code: string | null; name: string; unit: Unit; price_minor: number | null; category: string | null; tax_class: string; tax_rate_bp: number; barcodes: string[]; stock_milli: number | null };

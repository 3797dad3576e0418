export type TaxView = { name: string; rate_bp: number; net_minor: number; tax_minor: number; gross_minor: number };

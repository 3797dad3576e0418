export type PriceMode = 'tax_included' | 'tax_excluded';

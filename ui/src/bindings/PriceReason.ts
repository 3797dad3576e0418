export type PriceReason = 'in_barcode' | 'asked' | 'overridden';

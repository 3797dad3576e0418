export type SaleKind = 'sale' | 'refund';

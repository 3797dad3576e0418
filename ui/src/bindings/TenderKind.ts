export type TenderKind = 'cash' | 'card';

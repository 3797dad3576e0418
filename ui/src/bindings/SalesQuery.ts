export type SalesQuery = { text: string | null; before_seq: number | null; limit: number };

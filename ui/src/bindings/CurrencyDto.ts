export type CurrencyDto = { code: string; exponent: number; symbol: string };

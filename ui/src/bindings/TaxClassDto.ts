export type TaxClassDto = { code: string; name: string; rate_bp: number };

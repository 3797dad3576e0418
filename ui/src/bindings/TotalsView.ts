import type { TaxView } from "./TaxView";

export type TotalsView = { net_minor: number; tax_minor: number; gross_minor: number; taxes: TaxView[] };

import type { AppError } from "./AppError";
import type { CurrencyDto } from "./CurrencyDto";
import type { PriceMode } from "./PriceMode";
import type { OperatorDto } from "./OperatorDto";
import type { Safety } from "./Safety";
import type { PrinterState } from "./PrinterState";

export type TillStatus = { set_up: boolean; branch_name: string; till_name: string; currency: CurrencyDto; price_mode: PriceMode; operator: OperatorDto | null; safety: Safety; printer: PrinterState; clock_at_ms: number; clock_wrong_by_ms: number | null; untold: number; print_waiting: number; trouble: AppError | null };

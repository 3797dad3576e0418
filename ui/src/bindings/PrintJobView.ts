import type { PrintState } from "./PrintState";

export type PrintJobView = { job_id: string; sale_id: string; number: string; copy: boolean; state: PrintState; attempts: number; trouble: string | null; made_at_ms: number };

import type { SafetyKind } from "./SafetyKind";

export type Safety = { kind: SafetyKind; sales_total: number; sales_waiting: number; ops_waiting: number; needs_person: number; since_at_ms: number | null; next_attempt_at_ms: number | null; last_answer: string | null };

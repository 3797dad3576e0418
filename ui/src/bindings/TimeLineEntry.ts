import type { TimeLineWhat } from "./TimeLineWhat";

export type TimeLineEntry = { what: TimeLineWhat; at_ms: number; words: string };

import type { Code } from "./Code";

export type AppError = { code: Code; field: string | null; value: string | null; limit: string | null; detail: string };

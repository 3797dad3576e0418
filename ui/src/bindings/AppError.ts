import type { Code } from "./Code";

export type AppError = { code: Code; field?: string; value?: string; limit?: string; detail: string };

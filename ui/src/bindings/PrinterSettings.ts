import type { PrinterConnection } from "./PrinterConnection";

export type PrinterSettings = { connection: PrinterConnection; profile: string; open_drawer: boolean };

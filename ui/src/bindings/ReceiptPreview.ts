export type ReceiptPreview = { text: string; png_base64: string; columns: number };

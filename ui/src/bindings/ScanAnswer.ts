import type { AppError } from "./AppError";
import type { CartView } from "./CartView";
import type { ProductDto } from "./ProductDto";

export type ScanAnswer = | { outcome: 'added'; line_no: number; cart: CartView } | { outcome: 'choose'; code: string; products: ProductDto[] } | { outcome: 'needs_price'; code: string | null; product: ProductDto } | { outcome: 'unknown'; code: string } | { outcome: 'refused'; error: AppError };

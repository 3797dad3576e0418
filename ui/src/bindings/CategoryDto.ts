export type CategoryDto = { name: string; products: number };

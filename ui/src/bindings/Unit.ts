export type Unit = 'piece' | 'kilogram' | 'litre' | 'metre';

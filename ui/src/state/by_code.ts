/** The articles that carry a scanned code. Leading noughts do not tell codes apart. */
import * as commands from '../backend/commands';
import type { ProductDto } from '../bindings';

const MOST = 20;
const bare = (code: string) => code.trim().replace(/^0+/, '');

export async function byCode(code: string): Promise<ProductDto[]> {
  const hits = await commands.search(code, MOST);
  const carries = (product: ProductDto) =>
    product.code === code || product.barcodes.some((own) => bare(own) === bare(code));
  const exact = hits.filter(carries);
  return exact.length > 0 || hits.length !== 1 ? exact : hits;
}

/** Puts text where a person can paste it from; answers whether that was allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOld(text);
  }
}

/** A web view without the newer way copies what is selected. */
function copyOld(text: string): boolean {
  const box = document.createElement('textarea');
  box.value = text;
  box.className = 'sr';
  document.body.append(box);
  box.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    box.remove();
  }
}

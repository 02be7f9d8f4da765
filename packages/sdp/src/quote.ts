const LENGTH = 40;

/** A piece of a description for an error message: printable, in quotation marks and short. */
export function quote(text: string): string {
  const printable = text.slice(0, LENGTH).replace(/[^ -~]/g, '?');
  return text.length > LENGTH ? `"${printable}…"` : `"${printable}"`;
}

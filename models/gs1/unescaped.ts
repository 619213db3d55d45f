/** Text of a URI without its percent escapes; text with a lone "%" is meant as it stands. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

let traces = 0;

/** A number that stands on the screen and in the console: who photographs the wall can be helped. */
export function traceOf(name: string, error: unknown, now_ms: number): string {
  traces += 1;
  const id = `${name}-${Math.floor(now_ms / 1000).toString(36)}-${traces}`;
  console.error(`panel failed (${id})`, error);
  return id;
}

// The health check of a container: `node stack/ready.mjs URL` ends with 0 when the URL answers with a 2xx, else with 1.
const url = process.argv[2];
if (url === undefined) {
  console.error('usage: node ready.mjs URL');
  process.exit(2);
}
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  console.log(answer.status, (await answer.text()).slice(0, 500));
  process.exit(answer.ok ? 0 : 1);
} catch (error) {
  console.error(String(error.cause ?? error));
  process.exit(1);
}

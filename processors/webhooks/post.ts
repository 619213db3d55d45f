import { messageOf } from '../../ingest/program/caught.ts';
import type { Message } from './message.ts';
import type { WebhookTarget } from './targets.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_CHARS_MAX = 300;

/** How an attempt ended. */
export type Outcome = { readonly taken: true } | { readonly taken: false; readonly detail: string };

/** Posts a message; never rejects: whoever cannot be reached did not take it. Redirects are not followed. */
export async function post({ format }: WebhookTarget, message: Message): Promise<Outcome> {
  try {
    const response = await fetch(message.url, {
      method: 'POST',
      headers: message.headers,
      body: message.body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = (await response.text()).slice(0, ANSWER_CHARS_MAX);
    if (!response.ok) return { taken: false, detail: `${response.status} ${answer}` };
    return format === 'json' || isTakenByRobot(answer) ? { taken: true } : { taken: false, detail: answer };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { taken: false, detail: `${messageOf(error)}${cause}` };
  }
}

/** The robots answer 200 also when they refuse, as for too many messages a minute; `errcode` 0 alone means taken. */
function isTakenByRobot(answer: string): boolean {
  try {
    return (JSON.parse(answer) as { errcode?: unknown }).errcode === 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

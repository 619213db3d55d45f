import type { Answer } from './scan-sender.ts';
import type { ScanSettings } from './scan-store.ts';

/** A position older than this is not the scan's. */
const POSITION_AGE_MS = 60_000;

/** Where a phone is, as it says itself. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly accuracy_m: number;
}

/** Settings before anybody has said anything. */
export function blank(): ScanSettings {
  return {
    key: '',
    source: 'phone',
    dealer_id: '',
    biz_step: 'receiving',
    sku_id: '',
    device_id: randomId(),
  };
}

/** `/scan#key=…&source=…&dealer=…`: what an administrator sends to a phone. Nothing of it reaches a server. */
export function settingsIn(hash: string): Partial<ScanSettings> {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  const [key, source, dealer_id] = [said.get('key'), said.get('source'), said.get('dealer')];
  return {
    ...(key ? { key } : {}),
    ...(source ? { source } : {}),
    ...(dealer_id ? { dealer_id } : {}),
  };
}

/** Where the phone is now; undefined where it may not, or cannot, say. */
export function placeNow(): Promise<Place | undefined> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        resolve({ lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy) });
      },
      () => {
        resolve(undefined);
      },
      { maximumAge: POSITION_AGE_MS, timeout: 5_000 },
    );
  });
}

export async function postScans(events: readonly object[], key: string): Promise<Answer> {
  const response = await fetch('/v1/events/scan', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(events),
    credentials: 'omit',
  });
  const text = await response.text();
  const retry_after_s = Number(response.headers.get('retry-after'));
  return {
    status: response.status,
    ...(retry_after_s > 0 ? { retry_after_s } : {}),
    body: bodyOf(text),
  };
}

/** A proxy on the way may answer with a page. */
function bodyOf(text: string): Answer['body'] {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch (error) {
    if (error instanceof SyntaxError) return { detail: text.slice(0, 200) };
    throw error;
  }
}

/** `crypto.randomUUID` is there only on pages opened over https. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The phone's clock. */
export function nowIso(): string {
  return new Date().toISOString();
}

import { Type, type Static } from 'typebox';
import { ALERT_KINDS, ALERT_SEVERITIES, CASE_STATES } from '../../models/contract/alert.ts';
import { assertNamedOnce, readJsonFile } from '../settings/json-file.ts';

/** A webhook: `json` is signed after the Standard Webhooks; `wecom` and `dingtalk` are messages for the robots of group chats. */
const Target = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    url: Type.String({ pattern: '^https?://' }),
    format: Type.Enum(['json', 'wecom', 'dingtalk'] as const),
    /** json: `whsec_` and base64; dingtalk: its robot's secret. WeCom's stands in the address. */
    secret: Type.Optional(Type.String({ minLength: 1 })),
    lang: Type.Optional(Type.Enum(['zh', 'en'] as const)),
    states: Type.Optional(Type.Array(Type.Enum([...CASE_STATES]))),
    severities: Type.Optional(Type.Array(Type.Enum([...ALERT_SEVERITIES]))),
    kinds: Type.Optional(Type.Array(Type.Enum([...ALERT_KINDS]))),
  },
  { additionalProperties: false },
);
const WebhookFile = Type.Object(
  {
    /** Where the pages are, for the link to a case. */
    pages_url: Type.Optional(Type.String({ pattern: '^https?://' })),
    targets: Type.Array(Target),
  },
  { additionalProperties: false },
);

export interface WebhookTarget extends Static<typeof Target> {
  readonly lang: 'zh' | 'en';
  readonly states: Static<typeof Target>['states'] & object;
  readonly severities: Static<typeof Target>['severities'] & object;
  /** Empty = all. */
  readonly kinds: Static<typeof Target>['kinds'] & object;
  /** "" = there is none. */
  readonly pages_url: string;
}

/**
 * Reads the file that DMS_WEBHOOKS_FILE names; "" = there are no webhooks. A robot is told of open cases alone, unless it says which.
 * @throws Error naming the file and the field that is wrong; a secret is never in it
 */
export function readWebhooks(file: string): readonly WebhookTarget[] {
  if (file === '') return [];
  const said = readJsonFile(file, WebhookFile);
  assertNamedOnce(file, said.targets);
  return said.targets.map((target) => ({
    ...target,
    lang: target.lang ?? 'zh',
    states: target.states ?? (target.format === 'json' ? [...CASE_STATES] : ['open']),
    severities: target.severities ?? [...ALERT_SEVERITIES],
    kinds: target.kinds ?? [],
    pages_url: (said.pages_url ?? '').replace(/\/+$/, ''),
  }));
}

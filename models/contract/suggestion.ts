/** States of a suggested order or transfer, and what can be decided on it. */
export const SUGGESTION_STATES = ['open', 'accepted', 'edited', 'rejected'] as const;
export type SuggestionState = (typeof SUGGESTION_STATES)[number];

export const DECISIONS = ['accepted', 'edited', 'rejected'] as const;
export type SuggestionDecision = (typeof DECISIONS)[number];

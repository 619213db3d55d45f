import { describe, expect, it } from 'vitest';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { edgePaths } from './openapi.ts';

describe('edgePaths', () => {
  it('has one path for each posted type, and none for the internal ones', () => {
    expect(Object.keys(edgePaths())).toEqual(POSTED_TYPES.map(({ type }) => `/v1/events/${type}`));
    expect(edgePaths()).not.toHaveProperty('/v1/events/case_transition');
  });

  it('is plain JSON with the schema by which events are checked', () => {
    const text = JSON.stringify(edgePaths());
    for (const { schema } of POSTED_TYPES) expect(text).toContain(JSON.stringify(schema));
  });
});

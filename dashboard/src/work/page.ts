import type { Router } from '../pages/router.svelte.ts';
import type { WorkTexts } from './texts.ts';

/** What every page to work at is given. */
export interface PageProps {
  readonly router: Router;
  /** Texts that all of these pages share. */
  readonly w: WorkTexts;
  /** Of the one thing that the address names; undefined = the page itself. */
  readonly id?: string | undefined;
}

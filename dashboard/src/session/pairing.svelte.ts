import { currentSession, pairDisplay, tokenInFragment, type Session } from './session.ts';

/** How this browser stands to the server. `offline`: it could not be asked. */
export type PairingState = 'asking' | 'known' | 'unpaired' | 'refused' | 'offline';

/** The session of this browser, as reactive state, and the one-time exchange of a pairing link. */
export class Pairing {
  state = $state<PairingState>('asking');
  session = $state.raw<Session | undefined>(undefined);

  /** Uses the pairing link if the address is one, then asks who we are. Never rejects: a wall has nobody to tell. */
  async ask(): Promise<PairingState> {
    try {
      const token = tokenInFragment(location.hash);
      const refused = token !== undefined && (await this.exchange(token)) === 'refused';
      this.session = await currentSession();
      if (this.session !== undefined) this.state = 'known';
      else this.state = refused ? 'refused' : this.state === 'refused' ? 'refused' : 'unpaired';
    } catch (error) {
      console.warn('the server could not be asked for the session', error);
      this.state = 'offline';
    }
    return this.state;
  }

  /** The token leaves the address as soon as the server has answered: it must not stay in a history or a photo. */
  private async exchange(token: string): Promise<'paired' | 'refused'> {
    const result = await pairDisplay(token);
    history.replaceState(null, '', location.pathname + location.search);
    return result;
  }
}

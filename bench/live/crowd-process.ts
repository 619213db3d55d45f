import { Crowd, type Heard, type Storm } from './crowd.ts';

/** What the crowd's process is asked, one thing after another; each is answered by a `CrowdAnswer`. */
export type CrowdStep =
  | { readonly step: 'gather'; readonly url: string; readonly token: string; readonly clients: number }
  | { readonly step: 'listen' }
  | { readonly step: 'heard' }
  | { readonly step: 'storm' }
  | { readonly step: 'stall' };

export type CrowdAnswer =
  | { readonly done: 'gather' | 'listen' | 'stall' }
  | { readonly done: 'heard'; readonly heard: Heard }
  | { readonly done: 'storm'; readonly storm: Storm };

let crowd: Crowd | null = null;

async function take(order: CrowdStep): Promise<CrowdAnswer> {
  if (order.step === 'gather') {
    crowd ??= new Crowd(order.url, order.token);
    await crowd.gather(order.clients);
    return { done: 'gather' };
  }
  if (crowd === null) throw new Error(`${order.step} came before gather`);
  switch (order.step) {
    case 'listen':
      crowd.listen();
      return { done: 'listen' };
    case 'heard':
      return { done: 'heard', heard: crowd.heard() };
    case 'storm':
      return { done: 'storm', storm: await crowd.storm() };
    case 'stall':
      crowd.stall();
      return { done: 'stall' };
  }
}

// An error ends the process, and with it the run: nobody measures what a half crowd hears.
process.on('message', (order: CrowdStep) => {
  void take(order).then((answer) => process.send?.(answer));
});

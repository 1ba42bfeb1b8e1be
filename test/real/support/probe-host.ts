import { type Finished, greyprobe } from '../../support/cli.js';

/** Probes a mail host by its address with the built program, from a pool of senders. */
export function probeHost(
  { address, port }: { readonly address: string; readonly port: number },
  ...flags: readonly string[]
): Promise<Finished> {
  return greyprobe([
    ...['probe', 'user@grey.example', '--host', address, '--port', String(port), '--json'],
    ...['--helo', 'client.sender.example', '--from', '{nonce}@sender.example'],
    ...flags,
  ]);
}

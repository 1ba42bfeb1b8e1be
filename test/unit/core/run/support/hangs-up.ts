import type { Dialer, Session } from '../../../../../src/model/ports/dialer.js';
import type { TransactionEnd } from '../../../../../src/model/smtp.js';

/** A host that ends the connection after its first deferral: noticed at once, or at the next command. */
export function hangsUp(dialer: Dialer, noticed: 'at once' | 'later'): Dialer {
  return {
    dial: async (request, signal) => {
      const dialled = await dialer.dial(request, signal);
      if (dialled.session === null) return dialled;
      return { session: shortSession(dialled.session, noticed), end: null };
    },
  };
}

function shortSession(session: Session, noticed: 'at once' | 'later'): Session {
  let deferral: TransactionEnd | null = null;
  let told = false;
  return {
    facts: session.facts,
    get open() {
      return session.open && !told && !(deferral !== null && noticed === 'at once');
    },
    unasked: null,
    async transact(request) {
      if (deferral !== null) {
        told = true;
        const failure = { code: 'connection-closed', message: 'The host hung up.' } as const;
        return { ...deferral, stage: 'mail', reply: null, failure };
      }
      const end = await session.transact(request);
      if (Math.floor((end.reply?.code ?? 0) / 100) === 4) deferral = end;
      return end;
    },
    quit: () => session.quit(),
  };
}

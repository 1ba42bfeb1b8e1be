import type { DialRequest, SessionFacts, TlsFacts } from '../../model/ports/dialer.js';
import type { Stage } from '../../model/smtp.js';
import { inputThatHasArrived } from '../system/timer.js';
import type { Answer } from './answer.js';
import { extensionsOf, offers } from './extensions.js';
import { type AwaitedStep, stepLimitMs } from './limits.js';
import { handshakeFailure, handshakeOptions, plaintextInjected, tlsFactsOf } from './tls.js';
import type { Wire } from './wire.js';

/** The session can be used, or opening it ended at this stage with this answer. */
export type Opened =
  | { readonly facts: SessionFacts; readonly ended: null }
  | { readonly facts: null; readonly ended: { readonly stage: Stage; readonly answer: Answer } };

type Greeting = Pick<SessionFacts, 'greeting' | 'extensions'>;

type Ended = Extract<Opened, { facts: null }>;

/** Banner, EHLO or HELO, STARTTLS as asked, and EHLO again after it. Never rejects. */
export async function openSession(wire: Wire, request: DialRequest): Promise<Opened> {
  const limit = (step: AwaitedStep) => stepLimitMs(step, request.timeoutMs);
  const banner = await wire.connect(limit('connection'), limit('banner'));
  if (!banner.positive) return ended('connect', banner);

  const plain = await greet(wire, request);
  if ('ended' in plain) return plain;
  const secured = await secure(wire, request, plain.extensions);
  if (secured === null) return opened({ banner: banner.reply, ...plain, tls: null });
  if ('ended' in secured) return secured;

  // RFC 3207 §4.2: what was learnt before TLS does not count.
  const anew = await greet(wire, request);
  if ('ended' in anew) return anew;
  return opened({ banner: banner.reply, ...anew, tls: secured });
}

/** EHLO; HELO where the server does not know EHLO (RFC 5321 §3.2). */
async function greet(wire: Wire, { helo, timeoutMs }: DialRequest): Promise<Greeting | Ended> {
  const limitMs = stepLimitMs('helo', timeoutMs);
  const ehlo = await wire.exchange({
    name: 'EHLO',
    limitMs,
    expects: 2,
    shown: `EHLO ${helo}`,
    send: (engine) => engine.ehlo({ hostname: helo }),
  });
  if (ehlo.positive) return { greeting: ehlo.reply, extensions: extensionsOf(ehlo.reply) };
  if (ehlo.reply === null || ehlo.reply.code < 500) return ended('helo', ehlo);
  const plain = await wire.exchange({
    name: 'HELO',
    limitMs,
    expects: 2,
    shown: `HELO ${helo}`,
    send: (engine) => engine.helo({ hostname: helo }),
  });
  return plain.positive ? { greeting: plain.reply, extensions: [] } : ended('helo', plain);
}

/** Facts of the TLS layer, null to go on in plain text, or the end. */
async function secure(
  wire: Wire,
  request: DialRequest,
  extensions: readonly string[],
): Promise<TlsFacts | Ended | null> {
  if (request.tls === 'never') return null;
  if (!offers(extensions, 'STARTTLS')) {
    if (request.tls === 'opportunistic') return null;
    wire.fail('tls-not-offered', `${request.address} does not offer STARTTLS.`);
    return ended('starttls', wire.failedAnswer());
  }
  const answer = await wire.exchange({
    name: 'STARTTLS',
    limitMs: stepLimitMs('starttls', request.timeoutMs),
    expects: 2,
    shown: 'STARTTLS',
    send: (engine) => engine.write('STARTTLS\r\n'),
  });
  if (answer.positive) return shakeHands(wire, request);
  // A refusal in words is no attack that going on in plain text would help: whoever can forge it
  // can hide the offer as well. A 421 has closed the session.
  const goOn = request.tls === 'opportunistic' && answer.reply !== null && wire.alive;
  return goOn ? null : ended('starttls', answer);
}

async function shakeHands(wire: Wire, request: DialRequest): Promise<TlsFacts | Ended> {
  await inputThatHasArrived();
  // smtp-client would carry these bytes over into the protected session (CVE-2011-0411).
  if (wire.hasUnaskedInput) {
    const { code, message } = plaintextInjected(request.address);
    wire.fail(code, message);
    return ended('starttls', wire.failedAnswer());
  }
  const facts = await wire.waitFor(
    'the TLS handshake',
    stepLimitMs('handshake', request.timeoutMs),
    async (engine) => {
      await engine.negotiateTLS(handshakeOptions(request.hostName));
      return tlsFactsOf(engine);
    },
    (error) => handshakeFailure(error, request.address),
  );
  if (facts === null || facts.value === null) return ended('starttls', wire.failedAnswer());
  const { protocol, cipher, verified } = facts.value;
  wire.note(`${protocol} with ${cipher}, certificate ${verified ? 'verified' : 'not verified'}`);
  return facts.value;
}

function opened(facts: SessionFacts): Opened {
  return { facts, ended: null };
}

function ended(stage: Stage, answer: Answer): Ended {
  return { facts: null, ended: { stage, answer } };
}

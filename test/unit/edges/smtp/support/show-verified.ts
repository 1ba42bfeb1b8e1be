import { answer, ehlo, greeted, withServer } from './dialling.js';

/** Prints whether the scripted server's certificate is verified for the host name given. */
await withServer(
  {
    script: [
      ...greeted('STARTTLS'),
      ...answer(/^STARTTLS$/, '220 Go'),
      { starttls: true },
      ...ehlo(),
    ],
    request: { hostName: process.argv[2] ?? null },
  },
  ({ session }) => {
    process.stdout.write(`${session.facts.tls?.verified}\n`);
  },
);
